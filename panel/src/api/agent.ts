/**
 * The panel's side of the panel API: one function for each thing that the operator can do, and the views.
 *
 * @see docs/protocol.md section 8
 */
import './zod-without-eval.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { UnmaskMinutes } from '@chaperone/domain/mask/unmask.ts';
import { refusedField } from '@chaperone/protocol/panel-api/engineer.ts';
import { panelView } from '@chaperone/protocol/panel-api/schema.ts';
import type { PanelView, Presence } from '@chaperone/protocol/panel-api/schema.ts';
import { shownPHIPolicy } from '@chaperone/protocol/phi-policy/phi-policy-document.ts';
import type { ShownPHIPolicy } from '@chaperone/protocol/phi-policy/phi-policy-document.ts';
import { z } from 'zod';
import { ActFailed } from './act-failed.ts';
import { readLines } from './ndjson.ts';

/** Milliseconds until an act counts as unanswered. Consent waits for the journal on a slow disk. */
const ANSWER_MS = 6000;
/** Presence is the panel's heartbeat: an agent silent for longer is treated as lost. */
const PRESENCE_ANSWER_MS = 3000;

export interface Agent {
  readonly press: () => Promise<void>;
  readonly acceptNotice: (noticeVersion: string) => Promise<void>;
  readonly declineNotice: () => Promise<void>;
  readonly consent: (request: string, activities: readonly Activity[]) => Promise<void>;
  readonly giveApproval: (approver: string, pin: string) => Promise<void>;
  readonly refuseApproval: () => Promise<void>;
  /** The yes to the question with this number. */
  readonly allowUnmask: (number: number, minutes: UnmaskMinutes) => Promise<void>;
  readonly refuseUnmask: () => Promise<void>;
  readonly coverAgain: (mask: string) => Promise<void>;
  /** The yes to the question with this number. */
  readonly allowWatch: (number: number) => Promise<void>;
  readonly refuseWatch: () => Promise<void>;
  readonly stopWatch: () => Promise<void>;
  readonly withdraw: (activity: Activity) => Promise<void>;
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly raiseInterlock: () => Promise<void>;
  readonly liftInterlock: () => Promise<void>;
  readonly end: () => Promise<void>;
  readonly dismiss: () => Promise<void>;
  readonly phiPolicy: () => Promise<ShownPHIPolicy>;
  readonly presence: (presence: Presence) => Promise<void>;
  /** Every view as it comes, until the stream ends. */
  readonly views: (signal: AbortSignal) => AsyncGenerator<PanelView, void, undefined>;
}

/**
 * Speaks to the agent on the origin that served the panel.
 *
 * @param origin such as `http://127.0.0.1:8700`
 * @param credential secret; goes into the Authorization header only
 */
export function agentAt(origin: string, credential: string): Agent {
  const authorization = `Bearer ${credential}`;

  const post = async (path: string, body: object = {}, answerMs = ANSWER_MS): Promise<void> => {
    const response = await reach(`${origin}/api/${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerMs),
    });
    if (!response.ok) throw await refusal(response);
  };

  return {
    press: () => post('press'),
    acceptNotice: (noticeVersion) => post('notice/accept', { noticeVersion }),
    declineNotice: () => post('notice/decline'),
    consent: (request, activities) => post('consent', { request, activities }),
    giveApproval: (approver, pin) => post('approval/give', { approver, pin }),
    refuseApproval: () => post('approval/refuse'),
    allowUnmask: (number, minutes) => post('unmask/allow', { number, minutes }),
    refuseUnmask: () => post('unmask/refuse'),
    coverAgain: (mask) => post('unmask/cover', { mask }),
    allowWatch: (number) => post('watch/allow', { number }),
    refuseWatch: () => post('watch/refuse'),
    stopWatch: () => post('watch/stop'),
    withdraw: (activity) => post('withdraw', { activity }),
    pause: () => post('pause'),
    resume: () => post('resume'),
    raiseInterlock: () => post('interlock/raise'),
    liftInterlock: () => post('interlock/lift'),
    end: () => post('end'),
    dismiss: () => post('dismiss'),
    phiPolicy: async () => {
      const response = await reach(`${origin}/api/phi-policy`, {
        headers: { authorization },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (!response.ok) throw await refusal(response);
      return shownPHIPolicy.parse(await response.json());
    },
    presence: (presence) => post('presence', presence, PRESENCE_ANSWER_MS),
    async *views(signal) {
      const response = await reach(`${origin}/api/views`, { headers: { authorization }, signal });
      if (!response.ok) throw await refusal(response);
      if (response.body === null) return;
      for await (const line of readLines(response.body)) yield parseView(line);
    },
  };
}

export async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  } catch (cause) {
    throw new ActFailed('AGENT_SILENT', 'The agent does not answer.', { cause });
  }
}

/** Reads an RFC 9457 problem; an answer without a code still becomes a failure that can be shown. */
export async function refusal(response: Response): Promise<ActFailed> {
  const { code, detail, fields } = await problemIn(response);
  const isOfWindow = response.status === 401 || WINDOW_CODES.has(code);
  return new ActFailed(isOfWindow ? 'CREDENTIAL_REFUSED' : code, `The agent refused (${code}).`, {
    detail,
    fields,
  });
}

/** Refusals of this window whatever it asks. Each try is an entry in the journal: asking on does harm. */
const WINDOW_CODES: ReadonlySet<string> = new Set([
  'PANEL_CREDENTIAL_REFUSED',
  'PANEL_HOST_REFUSED',
  'PANEL_ORIGIN_REFUSED',
  'PANEL_BUSY',
]);

const problemSchema = z.object({
  code: z.string(),
  detail: z.string().nullable().default(null),
  fields: z.array(refusedField).default([]),
});

async function problemIn(response: Response): Promise<z.infer<typeof problemSchema>> {
  const body: unknown = await response.json().catch(() => null);
  const problem = problemSchema.safeParse(body);
  // No problem document: the status says enough.
  return problem.data ?? { code: `HTTP_${response.status}`, detail: null, fields: [] };
}

/** @throws ActFailed with VIEW_UNREADABLE when agent and panel are not of the same make */
function parseView(line: string): PanelView {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new ActFailed('VIEW_UNREADABLE', 'The agent sent something unreadable.', { cause });
  }
  const view = panelView.safeParse(json);
  if (!view.success) {
    throw new ActFailed('VIEW_UNREADABLE', 'The agent sent a view of another make.', {
      cause: view.error,
    });
  }
  return view.data;
}
