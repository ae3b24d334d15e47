/**
 * Saves what the desk answers as a file. Not a plain link: the desk may want the act confirmed first, and a refusal is to
 * be told here instead of being saved. The browser keeps a large answer on its disk.
 */
import { DeskProblem, problemOf } from './ask.ts';
import { confirmed } from './confirmation.ts';
import { activeHeader } from './input-notice.ts';

/** How long the browser has to begin with saving, milliseconds; a freed address would save nothing. */
const SAVE_MS = 60_000;

/** @param name what the file is called @throws DeskProblem */
export async function download(path: string, name: string): Promise<void> {
  save(await confirmed(() => bytesOf(path)), name);
}

/** Saves what this page holds already and the desk does not give twice. */
export function saveText(text: string, name: string, type: string): void {
  save(new Blob([text], { type }), name);
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), SAVE_MS);
}

async function bytesOf(path: string): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(path, {
      credentials: 'same-origin',
      cache: 'no-store',
      headers: activeHeader(),
    });
  } catch {
    throw new DeskProblem('DESK_UNREACHABLE', 0, 'The service centre cannot be reached.', null);
  }
  if (!response.ok) throw problemOf(response.status, await response.text());
  try {
    return await response.blob();
  } catch {
    throw new DeskProblem('DOWNLOAD_BROKEN', 0, 'The download broke off.', null);
  }
}
