/** What a field engineer can do at a cart, and when: see `commissioning.ts`. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { ChangeProof } from '@chaperone/domain/network/network-change.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { refusedGateway } from '@chaperone/domain/network/gateway-rule.ts';
import { refusedProxy } from '@chaperone/domain/network/proxy-rule.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { FINDINGS } from '@chaperone/domain/validation/finding.ts';
import type { ValidationStep } from '@chaperone/domain/validation/finding.ts';
import type { AcceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type {
  Validation,
  ValidationStepReport,
} from '@chaperone/protocol/commissioning/validation.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { readSiteSettings, writeSiteSettings } from '../site/site.ts';
import type { SiteSettings } from '../site/site.ts';
import {
  CartNotSetUp,
  CommissioningUnderWay,
  ReportMissing,
  SessionUnderWay,
  ValidationMissing,
  ValidationNotPassed,
  ValidationStopped,
} from './commissioning-refused.ts';
import { admitFields, refusedAcceptance, refusedLicence } from './field-rule.ts';
import { KeptValidation } from './kept-validation.ts';
import type {
  AcceptancePart,
  GatewayAddress,
  LicencePart,
  LicenceToRedeem,
  NetworkPart,
  SiteInForce,
  ValidatePart,
  WiFiScan,
} from './parts.ts';
import { ValidationRun } from './validation-run.ts';

export interface CommissioningOptions {
  readonly dataDirectory: string;
  readonly cart: EngineerState['cart'];
  /** As the configuration file says it. */
  readonly configured: {
    readonly gateway: GatewayAddress;
    readonly rootFingerprint: string | null;
  };
  readonly clock: { utcMs(): number; monotonicMs(): number };
  readonly network: NetworkPart;
  readonly licence: LicencePart;
  readonly validate: ValidatePart;
  readonly acceptance: AcceptancePart;
  readonly isSessionUnderWay: () => boolean;
  /** Keeps facts before they take effect; a cart without an identity has no journal yet. */
  readonly record: (facts: readonly JournalFact[]) => Promise<void>;
  /** The identity on the disk is another one now: everything that holds it is made anew. */
  readonly onEnrolled: (certificateSerial: string) => Promise<void>;
}

export interface EnterLicence {
  /** As typed. */
  readonly code: string;
  /** Null: it came with the configuration, or with a licence that waits. */
  readonly rootFingerprint: string | null;
  readonly gateway?: GatewayAddress;
  readonly replace?: boolean;
}

/** A licence that waits is tried for so long once the network has changed. */
const WAITING_TRIED_MS = 30_000;
export class Commissioning {
  readonly #options: CommissioningOptions;
  readonly #kept: KeptValidation;
  readonly #listeners = new Set<() => void>();
  #site: SiteSettings;
  #run: ValidationRun | null = null;
  #isChanging = false;
  #enrolTrouble: string | null = null;

  private constructor(options: CommissioningOptions, site: SiteSettings) {
    this.#options = options;
    this.#kept = new KeptValidation(options.dataDirectory);
    this.#site = site;
    options.network.onChange(() => this.#tell());
  }

  /** Reads what is set at this site. @throws SiteSettingsDamaged */
  static async open(options: CommissioningOptions): Promise<Commissioning> {
    return new Commissioning(options, await readSiteSettings(options.dataDirectory));
  }

  /** The settings in force, for whoever dials. */
  get site(): SiteInForce {
    const { gateway, proxy } = this.#site;
    return { gateway: gateway ?? this.#options.configured.gateway, proxy };
  }

  get isValidating(): boolean {
    return this.#run?.isRunning === true;
  }

  /** Tells of each change. @returns what ends the telling */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async state(): Promise<EngineerState> {
    const { cart, licence, network, acceptance } = this.#options;
    const [enrolment, waiting, seen, report] = await Promise.all([
      licence.enrolment(),
      licence.waiting(),
      this.#interfaces(),
      acceptance.summary(),
    ]);
    const { gateway, proxy } = this.site;
    return {
      cart,
      enrolment,
      isPrestaged: waiting !== null,
      enrolTrouble: waiting === null ? null : this.#enrolTrouble,
      gateway,
      proxy: { kind: proxy.kind, address: addressOf(proxy) },
      ...seen,
      change: network.change(),
      validation: this.#run?.state() ?? (await this.#keptState()),
      report,
    };
  }

  /** Lets something be done beside the operator. @throws SessionUnderWay */
  admitWork(): void {
    if (this.#options.isSessionUnderWay()) throw new SessionUnderWay();
  }

  /** Lets a validation begin. @throws SessionUnderWay, CommissioningUnderWay */
  admitValidation(): void {
    this.admitWork();
    if (this.isValidating || this.#isChanging) throw new CommissioningUnderWay();
  }

  /** Lets a session begin. @throws CommissioningUnderWay */
  admitSession(): void {
    if (this.#isChanging || this.#options.network.change()?.state === 'trying') {
      throw new CommissioningUnderWay();
    }
  }

  /** A session has begun: what was looked at alone is not alone any more. */
  sessionBegan(): void {
    this.#run?.stopping.abort(new SessionUnderWay());
  }

  /**
   * Redeems a licence, or keeps it when the gateway cannot be reached yet.
   * @returns whether the cart is enrolled now
   * @throws FieldsRefused before the network is asked, and what enrolment throws
   */
  async enterLicence(entered: EnterLicence, signal: AbortSignal): Promise<boolean> {
    const { licence, configured } = this.#options;
    const { code, gateway = null, replace = false } = entered;
    const rootFingerprint =
      entered.rootFingerprint ??
      (await licence.waiting())?.rootFingerprint ??
      configured.rootFingerprint;
    admitFields(refusedLicence(code, rootFingerprint));
    if (gateway !== null) admitFields(refusedGateway(gateway));
    const toRedeem = { code, rootFingerprint: rootFingerprint ?? '', gateway };
    return this.#changing(async () => {
      if (!replace && (await licence.enrolment()) !== null)
        return this.#redeem(toRedeem, false, signal);
      await licence.keepWaiting(toRedeem);
      return this.#redeem(toRedeem, replace, signal);
    });
  }

  /** Tries a licence that waits. @returns whether the cart is enrolled now */
  async enrolWaiting(signal: AbortSignal): Promise<boolean> {
    const waiting = await this.#options.licence.waiting();
    if (waiting === null) return (await this.#options.licence.enrolment()) !== null;
    return this.#changing(() => this.#redeem(waiting, true, signal));
  }

  /** @throws FieldsRefused, SessionUnderWay, CommissioningUnderWay */
  async setGateway(gateway: GatewayAddress): Promise<void> {
    admitFields(refusedGateway(gateway));
    await this.#changing(() => this.#setSite({ ...this.#site, gateway }, 'gateway'));
  }

  /** @throws FieldsRefused, SessionUnderWay, CommissioningUnderWay */
  async setProxy(proxy: ProxySettings): Promise<void> {
    admitFields(refusedProxy(proxy));
    await this.#changing(() => this.#setSite({ ...this.#site, proxy }, 'proxy'));
  }

  /**
   * Tries a profile; settles when it is kept.
   * @param proof what it has to show before it is kept
   * @param onTrying told once its rules have let it pass and it is being tried
   * @throws what its rules refuse, and why it was rolled back
   */
  async applyNetwork(
    name: string,
    profile: NetworkProfile,
    proof: ChangeProof,
    onTrying: () => void = () => undefined,
  ): Promise<void> {
    const { network, record } = this.#options;
    await this.#changing(async () => {
      await record([{ kind: 'site-changed', what: 'network' }]);
      await this.#forgetValidation();
      const stop = network.onChange(() => {
        if (network.change()?.state === 'trying') onTrying();
      });
      await network.apply(name, profile, proof).finally(stop);
    });
    await this.#tryWaiting(AbortSignal.timeout(WAITING_TRIED_MS));
  }

  scan(name: string): Promise<WiFiScan> {
    return this.#options.network.scan(name);
  }

  /**
   * Validates. A licence that waits is redeemed first, since without an identity there is little to see.
   * @throws SessionUnderWay, CommissioningUnderWay, ValidationStopped, and what validation throws
   */
  async validate(
    idleSeconds: number,
    onStep: (step: ValidationStepReport) => void = () => undefined,
  ): Promise<Validation> {
    this.admitValidation();
    const run = new ValidationRun(idleSeconds, this.#options.clock);
    this.#run = run;
    try {
      await this.#kept.forget();
      this.#tell();
      const validation = await this.#validate(run, onStep);
      await this.#kept.keep(validation);
      return validation;
    } finally {
      run.end();
      this.#tell();
    }
  }

  /** Stops a validation; what it has seen until then stays, and the rest is left out. */
  stopValidation(): void {
    this.#run?.stopping.abort(new ValidationStopped());
  }

  /**
   * Signs the acceptance report.
   * @throws FieldsRefused, CartNotSetUp, ValidationMissing, ValidationNotPassed, SessionUnderWay, CommissioningUnderWay, and what signing throws
   */
  async accept(facility: string, acceptedBy: string): Promise<AcceptanceFile> {
    const { licence, acceptance, record } = this.#options;
    admitFields(refusedAcceptance(facility, acceptedBy));
    this.admitWork();
    if ((await licence.enrolment()) === null) throw new CartNotSetUp();
    const validation = await this.#kept.read();
    if (validation === null || this.isValidating) throw new ValidationMissing();
    if (validation.steps.some(({ result }) => result === 'failed')) throw new ValidationNotPassed();
    const { interfaces } = await this.#interfaces();
    return this.#changing(async () => {
      await record([{ kind: 'site-changed', what: 'acceptance' }]);
      const { site } = this;
      return acceptance.accept({ site, facility, acceptedBy, validation, interfaces });
    });
  }

  /** @throws ReportMissing */
  async report(): Promise<AcceptanceFile> {
    const file = await this.#options.acceptance.newest();
    if (file === null) throw new ReportMissing();
    return file;
  }

  /** Gives the newest report as one printable page. @throws ReportMissing */
  async reportPage(): Promise<string> {
    return this.#options.acceptance.page(await this.report());
  }

  /** Gives the text for the hospital's firewall team. @throws ReportMissing */
  async firewall(): Promise<string> {
    return this.#options.acceptance.firewall(await this.report());
  }

  async #validate(
    run: ValidationRun,
    onStep: (step: ValidationStepReport) => void,
  ): Promise<Validation> {
    const { signal } = run.stopping;
    await this.#tryWaiting(signal);
    try {
      return await this.#options.validate({
        site: this.site,
        idleSeconds: run.idleSeconds,
        signal,
        onStep: (step) => {
          run.seen(step);
          onStep(step);
          this.#tell();
        },
      });
    } catch (fault) {
      if (signal.aborted && signal.reason instanceof ValidationStopped) return run.stopped();
      throw fault;
    }
  }

  /** Redeems a licence that waits, if it can be now: what keeps it from that is in the state, and not this act's failure. */
  async #tryWaiting(signal: AbortSignal): Promise<void> {
    if ((await this.#options.licence.waiting()) === null) return;
    await this.enrolWaiting(signal).catch((fault: unknown) => {
      if (!(fault instanceof DomainError) && !signal.aborted) throw fault;
    });
  }

  async #redeem(
    toRedeem: LicenceToRedeem,
    replace: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { licence, onEnrolled } = this.#options;
    await this.#kept.forget();
    this.#run = null;
    try {
      const site = { ...this.site, gateway: toRedeem.gateway ?? this.site.gateway };
      const { certificateSerial } = await licence.redeem({
        licence: toRedeem,
        site,
        replace,
        signal,
      });
      // The licence names its gateway: that is where this cart belongs from now on.
      if (toRedeem.gateway !== null) await this.#keepSite({ ...this.#site, gateway: site.gateway });
      await licence.dropWaiting();
      this.#enrolTrouble = null;
      await onEnrolled(certificateSerial);
      return true;
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      if (!isWorthWaiting(fault)) {
        await licence.dropWaiting();
        throw fault;
      }
      if ((await licence.waiting()) === null) throw fault;
      this.#enrolTrouble = fault.code;
      return false;
    } finally {
      this.#tell();
    }
  }

  /** One change at a time, and none beside a session. */
  async #changing<T>(change: () => Promise<T>): Promise<T> {
    this.admitWork();
    if (this.#isChanging) throw new CommissioningUnderWay();
    this.#isChanging = true;
    this.#tell();
    try {
      return await change();
    } finally {
      this.#isChanging = false;
      this.#tell();
    }
  }

  async #setSite(settings: SiteSettings, what: 'gateway' | 'proxy'): Promise<void> {
    await this.#options.record([{ kind: 'site-changed', what }]);
    await this.#forgetValidation();
    await this.#keepSite(settings);
  }

  async #keepSite(settings: SiteSettings): Promise<void> {
    await writeSiteSettings(this.#options.dataDirectory, settings);
    this.#site = settings;
  }

  async #forgetValidation(): Promise<void> {
    this.stopValidation();
    this.#run = null;
    await this.#kept.forget();
  }

  async #interfaces(): Promise<Pick<EngineerState, 'interfaces' | 'networkTrouble'>> {
    try {
      return { interfaces: [...(await this.#options.network.interfaces())], networkTrouble: null };
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      return { interfaces: [], networkTrouble: fault.code };
    }
  }

  async #keptState(): Promise<EngineerState['validation']> {
    const kept = await this.#kept.read();
    if (kept === null) return null;
    const { startedUtcMs, steps } = kept;
    return { running: false, startedUtcMs, steps, now: null, nowForMs: 0, idleSeconds: 0 };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Tells whether a licence is still good after a failure: it is the road that does not carry yet. */
function isWorthWaiting({ code }: DomainError): boolean {
  if (code === 'ENROLMENT_UNREACHABLE' || code === 'GATEWAY_NOT_VERIFIED') return true;
  const steps: Readonly<Record<string, ValidationStep | undefined>> = FINDINGS;
  const step = steps[code];
  return step !== undefined && step !== 'licence';
}

function addressOf(proxy: ProxySettings): string | null {
  if (proxy.kind === 'none') return null;
  return proxy.kind === 'pac' ? proxy.url : `${proxy.host}:${proxy.port}`;
}
