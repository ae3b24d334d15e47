/** Brings what is on view to the desk, which keeps it as a sealed record of the case. */
import { recordSummary } from '@chaperone/protocol/console-api/schema.ts';
import type { PictureState } from '@chaperone/protocol/rfb/picture-state.ts';
import { DeskProblem, problemOf } from '../api/ask.ts';
import type { RecordSummary } from '../api/desk.ts';
import { activeHeader } from '../api/input-notice.ts';

export interface Shown {
  readonly canvas: HTMLCanvasElement;
  readonly picture: PictureState | null;
  /** When it was on view, `Date.now()`. */
  readonly takenMs: number;
}

/** @throws DeskProblem */
export async function keepSnapshot(caseId: string, shown: Shown): Promise<RecordSummary> {
  const { canvas, picture, takenMs } = shown;
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new DeskProblem('SNAPSHOT_NOT_PNG', 0, 'There is no picture.', null);
  const about = new URLSearchParams({
    picture: picture ?? 'unknown',
    ageMs: String(Math.max(0, Date.now() - takenMs)),
  });
  let response: Response;
  try {
    response = await fetch(`/api/cases/${caseId}/session/snapshots?${about.toString()}`, {
      method: 'POST',
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { ...activeHeader(), 'content-type': 'image/png' },
      body: blob,
    });
  } catch {
    throw new DeskProblem('DESK_UNREACHABLE', 0, 'The service centre cannot be reached.', null);
  }
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, text);
  return recordSummary.parse(JSON.parse(text));
}
