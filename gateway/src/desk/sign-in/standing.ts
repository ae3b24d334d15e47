/**
 * Whether those who are signed in may still be: the directory is asked about each, again and again.
 *
 * So is it about those of whom only a remote session is left. Who was disabled, removed or lost every role is out within a minute, with the session that they hold. While the
 * directory does not answer nobody is judged; after a time that the configuration gives everybody is out.
 */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory, Role } from '../../directory/contract.ts';
import { DirectoryUnavailable } from '../../directory/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Log } from '../../platform/log/log.ts';

/** Twice in the minute within which somebody has to be out, with time left for a slow directory. */
const EVERY_MS = 20_000;

/** Questions in a row without an answer that mean that the directory is away, and not that one entry is odd. */
const IN_VAIN_MAX = 2;

/** Somebody who is signed in, perhaps more than once. */
export interface PersonAtWork {
  readonly directoryLogin: string;
  readonly technicianId: TechnicianId;
}

/** What the sign-ins offer: who is there, other roles, and out. */
export interface SignInsAtWork {
  atWork(): Promise<readonly PersonAtWork[]>;
  /** Which of the directory's roles the account allows; none when it is disabled. */
  rolesOf(technicianId: TechnicianId, ofDirectory: readonly Role[]): Promise<readonly Role[]>;
  /** Gives every sign-in of a person these roles of the directory. */
  changeRoles(directoryLogin: string, roles: readonly Role[]): Promise<void>;
  endOfPerson(person: PersonAtWork, reason: string): Promise<void>;
}

export interface StandingOptions {
  readonly directory: Pick<Directory, 'lookUp'>;
  readonly signIns: SignInsAtWork;
  /** Who holds a remote session, also without a sign-in: files go on moving after it has lapsed. */
  readonly inSession: () => Promise<readonly PersonAtWork[]>;
  /** Ends the remote session that a technician holds. */
  readonly endSessions: (technicianId: TechnicianId) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long those who are signed in may go on while the directory does not answer, milliseconds. */
  readonly unreachableMsMax: number;
  /** The directory went away, or came back. */
  readonly onReachable: (reachable: boolean) => void;
}

export class Standing {
  readonly #options: StandingOptions;
  /** Since when nothing is known of somebody who is signed in, by their login. */
  readonly #unjudgedSinceMs = new Map<string, number>();
  #reachable = true;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: StandingOptions) {
    this.#options = options;
  }

  /** False while the directory does not answer: then nobody new comes in. */
  get reachable(): boolean {
    return this.#reachable;
  }

  start(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      void this.check()
        .catch((fault: unknown) =>
          this.#options.log.error({ err: fault }, 'who is signed in could not be checked'),
        )
        .finally(() => this.start());
    }, EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Asks about everybody once. */
  async check(): Promise<void> {
    const people = await this.#everybody();
    const unjudged: PersonAtWork[] = [];
    let inVain = 0;
    for (const person of people) {
      // Each question to a directory that is away takes its time: after some in a row the rest is not asked about.
      if (inVain >= IN_VAIN_MAX || !(await this.#judged(person))) {
        inVain += 1;
        unjudged.push(person);
      } else inVain = 0;
    }
    if (people.length > 0) this.#tell(unjudged.length < people.length);
    await this.#endOverdue(unjudged);
  }

  /** Each person once: those who are signed in, and those of whom only a session is left. */
  async #everybody(): Promise<readonly PersonAtWork[]> {
    const people = await this.#options.signIns.atWork();
    const known = new Set(people.map(({ directoryLogin }) => directoryLogin));
    const others = await this.#options.inSession();
    return [...people, ...others.filter(({ directoryLogin }) => !known.has(directoryLogin))];
  }

  /** False when the directory does not answer about somebody. */
  async #judged(person: PersonAtWork): Promise<boolean> {
    try {
      await this.#judge(person);
      return true;
    } catch (fault) {
      if (fault instanceof DirectoryUnavailable) return false;
      // A fault of ours: it holds up nobody else, and is met again at the next look.
      this.#options.log.error({ err: fault }, 'somebody who is signed in could not be checked');
      return true;
    }
  }

  async #judge(person: PersonAtWork): Promise<void> {
    const { directory, signIns } = this.#options;
    const found = await directory.lookUp(person.directoryLogin);
    if (found === null) return await this.#out(person, 'not in the directory any more');
    // Whoever is no technician any more, by directory and account together, has no session, either.
    const inForce = await signIns.rolesOf(person.technicianId, found.roles);
    if (!inForce.includes('technician')) await this.#endSession(person);
    // Always: each of a person's sign-ins holds what was true when it began.
    await signIns.changeRoles(person.directoryLogin, found.roles);
  }

  async #out(person: PersonAtWork, reason: string): Promise<void> {
    const { signIns, log } = this.#options;
    try {
      // The sign-in first: what it could still open is then closed before its session ends.
      await signIns.endOfPerson(person, reason);
    } catch (fault) {
      // A full disk or a database that is away holds up neither the end of the session nor anybody else's.
      log.error({ err: fault }, 'a sign-in could not be ended; it is tried again');
    }
    await this.#endSession(person);
  }

  async #endSession({ technicianId }: PersonAtWork): Promise<void> {
    const { endSessions, log } = this.#options;
    await endSessions(technicianId).catch((fault: unknown) =>
      log.error({ err: fault }, 'the end of a session could not be told or written'),
    );
  }

  #tell(reachable: boolean): void {
    if (this.#reachable === reachable) return;
    this.#reachable = reachable;
    this.#options.onReachable(reachable);
  }

  /** Each has a time of their own, so that answers about others give nobody more of it. */
  async #endOverdue(unjudged: readonly PersonAtWork[]): Promise<void> {
    const { clock, unreachableMsMax } = this.#options;
    const nowMs = clock.monotonicMs();
    const before = new Map(this.#unjudgedSinceMs);
    this.#unjudgedSinceMs.clear();
    for (const person of unjudged) {
      const sinceMs = before.get(person.directoryLogin) ?? nowMs;
      this.#unjudgedSinceMs.set(person.directoryLogin, sinceMs);
      if (nowMs - sinceMs >= unreachableMsMax)
        await this.#out(person, 'the directory does not answer');
    }
  }
}
