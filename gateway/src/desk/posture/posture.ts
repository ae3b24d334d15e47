/**
 * How current the workstations and the gateway's own host are, and who is kept out while they are not (decision 0011).
 *
 * A workstation that lacks something gets no new sign-in and no new session; while the gateway's host does, only
 * administrators sign in. Sessions that run are never cut by it.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Lack, PosturePolicy } from '@chaperone/domain/posture/posture.ts';
import { judgePosture } from '@chaperone/domain/posture/posture.ts';
import type { Role } from '../../directory/contract.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { checkReport } from './check-report.ts';
import type { Reporter } from './check-report.ts';
import { HostPosture } from './host-posture.ts';
import type { HostReader } from './host-posture.ts';
import {
  GatewayOutOfDate,
  PostureReportStale,
  PostureReportsTooMany,
  WorkstationOutOfDate,
} from './posture-error.ts';
import { PostureStore, holdsAgainst } from './posture-store.ts';

export type { Reporter } from './check-report.ts';
export { HostPosture } from './host-posture.ts';
export type { HostReader } from './host-posture.ts';
export {
  GatewayOutOfDate,
  PostureClockWrong,
  PostureReportInvalid,
  PostureReportStale,
  PostureReportsTooMany,
  WorkstationOutOfDate,
} from './posture-error.ts';
export { POSTURE_MIGRATIONS } from './tables.ts';

/** A timer reports each hour, and a person now and then. */
const REPORTS = { burst: 10, perSecond: 1 / 30, keysMax: 10_000 } as const;

export interface PosturesOptions {
  /** Null asks for nothing, which a demo alone may. */
  readonly policy: PosturePolicy | null;
  readonly readHost: HostReader;
  /** Called when what the gateway's own host lacks has changed. */
  readonly onHostChanged?: () => void;
}

export class Postures {
  readonly host: HostPosture;
  readonly #context: DeskContext;
  readonly #policy: PosturePolicy | null;
  readonly #store: PostureStore;
  readonly #pace: RateLimit;

  constructor(context: DeskContext, options: PosturesOptions) {
    const { policy } = options;
    this.#context = context;
    this.#policy = policy;
    this.#store = new PostureStore(context.database);
    this.#pace = new RateLimit({ ...REPORTS, now: () => context.clock.monotonicMs() });
    this.host = new HostPosture(context, options);
  }

  /**
   * Takes a workstation's report and says what it lacks; an empty list is good.
   * @param jws not trusted
   * @throws PostureReportsTooMany, PostureReportInvalid, PostureClockWrong, PostureReportStale, LedgerUnavailable
   */
  async take(jws: string, reporter: Reporter): Promise<readonly Lack[]> {
    const { workstation } = reporter;
    // Refusals are counted too, so that they cannot fill the ledger.
    if (!this.#pace.take(workstation))
      throw new PostureReportsTooMany(Math.ceil(1 / REPORTS.perSecond));
    try {
      return await this.#take(jws, reporter);
    } catch (fault) {
      const code = fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
      this.#recordRefusal(workstation, 'report', code);
      throw fault;
    }
  }

  /** Says what a workstation lacks now, as sentences; null when it never reported, or nothing is asked. */
  async sentencesOf(workstation: string): Promise<string[] | null> {
    const hasReported = (await this.#store.find(workstation)) !== null;
    return hasReported ? await this.ownSentencesOf(workstation) : null;
  }

  /** The same for the workstation itself, which has to know that it should report; null when nothing is asked. */
  async ownSentencesOf(workstation: string): Promise<string[] | null> {
    const lacks = await this.#lacksOf(workstation);
    return lacks === null ? null : lacks.map(({ sentence }) => sentence);
  }

  /** @throws WorkstationOutOfDate, whose message says what to update */
  async assertCurrent(workstation: string): Promise<void> {
    const lacks = await this.#lacksOf(workstation);
    if (lacks !== null && lacks.length > 0) throw new WorkstationOutOfDate(lacks);
  }

  /** The same for a session request, whose refusal is recorded here. @throws WorkstationOutOfDate */
  async assertMayRequest(workstation: string): Promise<void> {
    try {
      await this.assertCurrent(workstation);
    } catch (fault) {
      if (fault instanceof WorkstationOutOfDate)
        this.#recordRefusal(workstation, 'session-request', fault.code);
      throw fault;
    }
  }

  /** While the gateway's host lacks something, administrators alone come in. @throws GatewayOutOfDate */
  assertAdmits(roles: readonly Role[]): void {
    if (this.host.lacks().length > 0 && !roles.includes('administrator'))
      throw new GatewayOutOfDate();
  }

  /** Null when nothing is asked. */
  async #lacksOf(workstation: string): Promise<readonly Lack[] | null> {
    if (this.#policy === null) return null;
    const kept = await this.#store.find(workstation);
    const nowMs = this.#context.clock.utcMs();
    return judgePosture(kept?.report ?? null, this.#policy, nowMs, 'workstation');
  }

  async #take(jws: string, reporter: Reporter): Promise<readonly Lack[]> {
    const { workstation } = reporter;
    const nowMs = this.#context.clock.utcMs();
    const report = await checkReport(jws, reporter, nowMs);
    const before = await this.#store.find(workstation);
    // Looked at again where it is kept: another one may come meanwhile.
    if (before !== null && holdsAgainst(before.report, report, nowMs))
      throw new PostureReportStale();
    const lacks =
      this.#policy === null ? [] : judgePosture(report, this.#policy, nowMs, 'workstation');
    const codes = lacks.map(({ code }) => code);
    // A report can open the door: that is in the ledger before it does.
    if (before === null || before.lacks.join() !== codes.join()) {
      await this.#context.ledger.append({
        kind: 'posture-judged',
        subject: 'workstation',
        workstationId: workstation,
        lacks: codes,
      });
    }
    if (!(await this.#store.put(workstation, { report, lacks: codes }, nowMs)))
      throw new PostureReportStale();
    return lacks;
  }

  #recordRefusal(workstationId: string, what: 'report' | 'session-request', code: string): void {
    this.#context.ledger.appendLater({ kind: 'posture-refused', workstationId, what, code });
  }
}
