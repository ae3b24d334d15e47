/** The facility: its policy, which may want a second person, and which changes while a session is under way. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { PolicyStanding } from '@chaperone/domain/facility-policy/facility-policy.ts';
import { UNBOUNDED } from '@chaperone/domain/session/bounds.ts';
import type { SessionBounds } from '@chaperone/domain/session/bounds.ts';
import type { Ghost } from '../ghost/ghost.ts';
import type { Prng } from '../prng/prng.ts';

/** Who may say the second yes, and somebody who may not. */
export const APPROVERS = ['biomed', 'ward'] as const;
export const STRANGER = 'stranger';

export class Facility {
  readonly #ghost: Ghost;
  #standing: PolicyStanding = { is: 'none' };
  #isClosed = false;
  #refusals = 0;

  /** @param wantsSecond what needs a second person; null: the cart has no facility policy */
  constructor(ghost: Ghost, wantsSecond: readonly Activity[] | null) {
    this.#ghost = ghost;
    if (wantsSecond !== null) this.#set(wantsSecond, APPROVERS);
  }

  get bounds(): SessionBounds {
    // By the clock of the cart that is asked, its window is over: when the machine began is past.
    return { ...UNBOUNDED, policy: this.#standing, closesMonotonicMs: this.#isClosed ? 0 : null };
  }

  /** Another policy comes, or the one that was there is over. */
  change(dice: Prng): void {
    const way = dice.below(6);
    this.#isClosed = false;
    if (way === 0) this.#refuseAll();
    else if (way === 1) this.#set([], APPROVERS);
    else if (way === 2) this.#set(ACTIVITIES, [dice.pick(APPROVERS)]);
    else this.#set(ACTIVITIES, APPROVERS);
  }

  /** In turns its policy has run out, and the hours that it allows are over. */
  #refuseAll(): void {
    this.#refusals += 1;
    this.#isClosed = this.#refusals % 2 === 0;
    if (!this.#isClosed) this.#standing = { is: 'expired' };
    this.#ghost.policy = 'refuses-all';
  }

  #set(activities: readonly Activity[], approvers: readonly string[]): void {
    this.#ghost.policy = { wantsSecond: new Set(activities), approvers: new Set(approvers) };
    const files = { allowed: 'any', refused: [] } as const;
    const everybody = { name: 'all', technicians: 'every', workstations: 'every' } as const;
    const policy = {
      facility: 'F',
      version: 1,
      validFromUtcMs: 0,
      validUntilUtcMs: Infinity,
      carts: 'every',
      hours: 'always',
      groups: [{ ...everybody, activities: ACTIVITIES }],
      activities: ACTIVITIES,
      files: { fetch: files, send: files },
      deIdentificationRequired: false,
      regionTemplates: [],
      secondApproval: { activities, approvers: approvers.map((id) => ({ id, name: id })) },
    } as const;
    this.#standing = { is: 'in-force', policy };
  }
}
