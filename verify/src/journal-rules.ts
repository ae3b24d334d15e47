/** Checks that a cart's journal tells a story that can have happened: nothing before the notice, nothing without a grant. */
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import { textOf, textsOf } from './line.ts';
import type { Fact, ReadLine } from './line.ts';

const NEEDS_ACTIVITY: Readonly<Record<string, string>> = {
  'file-fetch-begun': 'fetch-files',
  'file-placed': 'send-files',
  'file-recognised': 'send-files',
};

/** Follows a whole journal and names each line that lacks what had to come before it. */
export function checkJournalRules(serial: string, entries: readonly ReadLine[]): Check {
  const story = new Story(serial);
  for (const entry of entries) story.follow(entry);
  return story.found.done();
}

class Story {
  readonly found: Findings;
  readonly #accepted = new Set<unknown>();
  readonly #ended = new Set<unknown>();
  readonly #shown = new Set<string>();
  readonly #grants = new Map<
    unknown,
    { readonly sessionId: unknown; activities: readonly string[] }
  >();
  /** Facts of narrowing acts, and of what was shown, may be missing after a full disk. */
  #hasLost = false;

  constructor(serial: string) {
    this.found = new Findings(`Cart ${serial} opened nothing before its operator allowed it`);
  }

  follow({ index, fact }: ReadLine): void {
    const { sessionId, grantId } = fact;
    const lacks = (why: string): void =>
      this.found.problem(`Line ${index} (${fact.kind}): ${why}.`);
    switch (fact.kind) {
      case 'facts-lost':
        this.#hasLost = true;
        this.found.note(
          `Line ${index}: ${textOf(fact['count'])} facts could not be written at their time.`,
        );
        return;
      case 'notice-accepted':
        this.#accepted.add(sessionId);
        return;
      case 'tunnel-opened':
        if (!this.#accepted.has(sessionId)) lacks('the notice was not accepted');
        return;
      case 'request-shown':
        if (!this.#accepted.has(sessionId)) lacks('the notice was not accepted');
        this.#shown.add(requestOf(fact));
        return;
      case 'grant-issued':
        if (!this.#shown.has(requestOf(fact)) && !this.#hasLost) lacks('no such request was shown');
        if (this.#ended.has(sessionId)) lacks('the session had ended');
        this.#grants.set(grantId, { sessionId, activities: textsOf(fact['activities']) });
        return;
      case 'activity-withdrawn':
        this.#withdraw(fact);
        return;
      case 'activity-begun':
        this.#needs(fact, textOf(fact['activity']), lacks);
        return;
      case 'file-fetch-begun':
      case 'file-placed':
      case 'file-recognised':
        this.#needs(fact, NEEDS_ACTIVITY[fact.kind] ?? '', lacks);
        return;
      case 'session-resumed':
        this.#needs(fact, null, lacks);
        return;
      case 'session-ended':
        if (sessionId !== null) this.#ended.add(sessionId);
        return;
      default:
    }
  }

  #needs(
    { sessionId, grantId }: Fact,
    activity: string | null,
    lacks: (why: string) => void,
  ): void {
    const grant = this.#grants.get(grantId);
    if (grant === undefined || grant.sessionId !== sessionId)
      return lacks('there was no grant for it');
    if (activity !== null && !grant.activities.includes(activity))
      lacks(`"${activity}" was not granted`);
    if (this.#ended.has(sessionId)) lacks('the session had ended');
  }

  #withdraw({ grantId, activity }: Fact): void {
    const grant = this.#grants.get(grantId);
    if (grant === undefined) return;
    const gone = activity === 'view' ? ['view', 'control'] : [textOf(activity)];
    grant.activities = grant.activities.filter((each) => !gone.includes(each));
  }
}

function requestOf({ sessionId, caseId, technicianId, workstationId }: Fact): string {
  return [sessionId, caseId, technicianId, workstationId].map(textOf).join(' ');
}
