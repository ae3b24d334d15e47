/**
 * Whether those who are signed in may still be: the directory is asked about each, again and again.
 *
 * Who was disabled, removed or lost every role is out within a minute, with the session that they hold. While the
 * directory does not answer nobody is judged; after a time that the configuration gives everybody is out.
 */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory, Role } from '../../directory/contract.ts';
import { DirectoryUnavailable } from '../../directory/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Log } from '../../platform/log/log.ts';

/** Twice in the minute within which somebody has to be out, with time left for a slow directory. */
const EVERY_MS = 20_000;

/** Somebody who is signed in, perhaps more than once. */
export interface PersonAtWork {
  readonly directoryLogin: string;
  readonly technicianId: TechnicianId;
  readonly roles: readonly Role[];
}

/** What the sign-ins offer: who is there, other roles, and out. */
export interface SignInsAtWork {
  atWork(): Promise<readonly PersonAtWork[]>;
  changeRoles(directoryLogin: string, roles: readonly Role[]): Promise<void>;
  endOfPerson(person: PersonAtWork, reason: string): Promise<void>;
}

export interface StandingOptions {
  readonly directory: Pick<Directory, 'lookUp'>;
  readonly signIns: SignInsAtWork;
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
  #unreachableSinceMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: StandingOptions) {
    this.#options = options;
  }

  /** False while the directory does not answer: then nobody new comes in. */
  get reachable(): boolean {
    return this.#unreachableSinceMs === null;
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
    const people = await this.#options.signIns.atWork();
    for (const person of people) {
      try {
        await this.#judge(person);
        this.#reached();
      } catch (fault) {
        if (!(fault instanceof DirectoryUnavailable)) throw fault;
        return await this.#unreached(people);
      }
    }
  }

  async #judge(person: PersonAtWork): Promise<void> {
    const { directory, signIns } = this.#options;
    const found = await directory.lookUp(person.directoryLogin);
    if (found === null) return await this.#out(person, 'not in the directory any more');
    const held = new Set(person.roles);
    if (found.roles.length === held.size && found.roles.every((role) => held.has(role))) return;
    await signIns.changeRoles(person.directoryLogin, found.roles);
  }

  async #out(person: PersonAtWork, reason: string): Promise<void> {
    const { signIns, endSessions, log } = this.#options;
    try {
      // The sign-in first: what it could still open is then closed before its session ends.
      await signIns.endOfPerson(person, reason);
    } catch (fault) {
      // A full disk or a database that is away holds up neither the end of the session nor anybody else's.
      log.error({ err: fault }, 'a sign-in could not be ended; it is tried again');
    }
    await endSessions(person.technicianId).catch((fault: unknown) =>
      log.error({ err: fault }, 'the end of a session could not be told or written'),
    );
  }

  #reached(): void {
    if (this.#unreachableSinceMs === null) return;
    this.#unreachableSinceMs = null;
    this.#options.onReachable(true);
  }

  async #unreached(people: readonly PersonAtWork[]): Promise<void> {
    const { clock, unreachableMsMax, onReachable } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#unreachableSinceMs === null) {
      this.#unreachableSinceMs = nowMs;
      onReachable(false);
    }
    if (nowMs - this.#unreachableSinceMs < unreachableMsMax) return;
    for (const person of people) await this.#out(person, 'the directory does not answer');
  }
}
