/**
 * The posture of the gateway's own host, looked at when it starts and each hour, by the policy of the workstations.
 *
 * Until the first look nothing is known, and what is not known is not current.
 */
import type {
  Lack,
  Posture,
  PosturePolicy,
  PostureReport,
} from '@chaperone/domain/posture/posture.ts';
import { judgePosture } from '@chaperone/domain/posture/posture.ts';
import type { DeskContext } from '../platform/desk-context.ts';

export type HostReader = () => Promise<Posture>;

/** How often it is looked at, milliseconds. */
const EVERY_MS = 3_600_000;

export class HostPosture {
  readonly #context: DeskContext;
  readonly #policy: PosturePolicy | null;
  readonly #readHost: HostReader;
  /** Told when what the host lacks has changed. */
  readonly #onChanged: () => void;
  #report: PostureReport | null = null;
  /** Codes that the ledger has; null before the first look. */
  #recorded: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    context: DeskContext,
    options: {
      readonly policy: PosturePolicy | null;
      readonly readHost: HostReader;
      readonly onHostChanged?: () => void;
    },
  ) {
    this.#onChanged = options.onHostChanged ?? (() => undefined);
    this.#context = context;
    this.#policy = options.policy;
    this.#readHost = options.readHost;
  }

  /** What the host lacks now; empty where nothing is asked. A report that grew old is a lack by itself. */
  lacks(): readonly Lack[] {
    if (this.#policy === null) return [];
    return judgePosture(this.#report, this.#policy, this.#context.clock.utcMs(), 'gateway');
  }

  /** The same as sentences, for the console. */
  sentences(): string[] {
    return this.lacks().map(({ sentence }) => sentence);
  }

  /** Looks for the first time, and from then on each hour. */
  async start(): Promise<void> {
    if (this.#policy === null) return;
    await this.look();
    this.#timer = setInterval(() => {
      this.look().catch((fault: unknown) =>
        this.#context.log.error({ err: fault }, 'the posture of this host could not be read'),
      );
    }, EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Looks at the host, and tells log and ledger when what it lacks has changed. @throws LedgerUnavailable */
  async look(): Promise<void> {
    if (this.#policy === null) return;
    const { clock, ledger, log } = this.#context;
    const posture = await this.#readHost();
    const report = { takenUtcMs: clock.utcMs(), posture };
    const lacks = judgePosture(report, this.#policy, clock.utcMs(), 'gateway');
    const codes = lacks.map(({ code }) => code);
    const isNews = this.#recorded !== codes.join();
    const fact = {
      kind: 'posture-judged',
      subject: 'gateway',
      workstationId: null,
      lacks: codes,
    } as const;
    // A host that is current again opens the door: that is in the ledger before it does.
    if (isNews && lacks.length === 0) await ledger.append(fact);
    this.#report = report;
    if (!isNews) return;
    this.#recorded = codes.join();
    this.#onChanged();
    if (lacks.length === 0) return log.info({}, 'this host is up to date');
    ledger.appendLater(fact);
    for (const { code, sentence } of lacks) log.warn({ code }, sentence);
    log.warn({}, 'this host is not up to date: only administrators can sign in');
  }
}
