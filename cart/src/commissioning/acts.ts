/** What a field engineer can do at a cart, and when: see `commissioning.ts`. */
import { isAccepted } from '@chaperone/domain/validation/acceptance.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { ChangeProof } from '@chaperone/domain/network/network-change.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { refusedGateway } from '@chaperone/domain/network/gateway-rule.ts';
import { refusedProxy } from '@chaperone/domain/network/proxy-rule.ts';
import { proxyAddressOf } from '@chaperone/domain/network/proxy-settings.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import type { AcceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type {
  Validation,
  ValidationStepReport,
} from '@chaperone/protocol/commissioning/validation.ts';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import {
  CartNotSetUp,
  CommissioningUnderWay,
  ReportMissing,
  SessionUnderWay,
  ValidationIncomplete,
  ValidationMissing,
  ValidationNotPassed,
} from './commissioning-refused.ts';
import { admitFields, refusedAcceptance } from './field-rule.ts';
import { LicenceEntry } from './licence-entry.ts';
import type { EnterLicence } from './licence-entry.ts';
import { Order } from './order.ts';
import type {
  AcceptancePart,
  GatewayAddress,
  LicencePart,
  NetworkPart,
  PresentSite,
  SignedReport,
  SiteInForce,
  ValidatePart,
  WiFiScan,
} from './parts.ts';
import { SiteAtWork } from './site-at-work.ts';
import { Validations } from './validations.ts';

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
  /** What this cart noticed of the service centre's ledger. */
  readonly ledgerDiverged: () => Promise<EngineerState['ledgerDiverged']>;
  readonly isSessionUnderWay: () => boolean;
  /** Keeps facts before they take effect; a cart without an identity has no journal yet. */
  readonly record: (facts: readonly JournalFact[]) => Promise<void>;
  /** The identity on the disk is another one now: everything that holds it is made anew. */
  readonly onEnrolled: (certificateSerial: string) => Promise<void>;
}

/** A licence that waits is tried for so long once the network has changed. */
const WAITING_TRIED_MS = 30_000;

export class Commissioning {
  readonly #options: CommissioningOptions;
  readonly #site: SiteAtWork;
  readonly #order: Order;
  readonly #validations: Validations;
  readonly #licence: LicenceEntry;
  readonly #listeners = new Set<() => void>();

  private constructor(options: CommissioningOptions, site: SiteAtWork) {
    const { dataDirectory, clock, licence, configured, onEnrolled } = options;
    const tell = (): void => this.#tell();
    this.#options = options;
    this.#site = site;
    this.#order = new Order(options.isSessionUnderWay, tell);
    this.#validations = new Validations({ dataDirectory, clock, tell });
    this.#licence = new LicenceEntry({
      ...{ licence, site, onEnrolled, tell },
      order: this.#order,
      validations: this.#validations,
      configuredFingerprint: configured.rootFingerprint,
    });
    options.network.onChange(tell);
  }

  /** Reads what is set at this site, and brings an enrolment to its end that was cut off. @throws SiteSettingsDamaged */
  static async open(options: CommissioningOptions): Promise<Commissioning> {
    const { dataDirectory, configured } = options;
    const site = await SiteAtWork.open(dataDirectory, configured.gateway);
    const commissioning = new Commissioning(options, site);
    await commissioning.#licence.recover();
    return commissioning;
  }

  /** The settings in force, for whoever dials. */
  get site(): SiteInForce {
    return this.#site.inForce;
  }

  get isValidating(): boolean {
    return this.#validations.isRunning;
  }

  /** Tells of each change. @returns what ends the telling */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async state(): Promise<EngineerState> {
    const { cart, licence, network, acceptance } = this.#options;
    const ledgerDiverged = await this.#options.ledgerDiverged();
    const seen = await this.#interfaces();
    const present = await this.#present(seen.interfaces);
    const [enrolment, waiting, validation, reported] = await Promise.all([
      licence.enrolment(),
      this.#licence.state(),
      this.#validations.state(),
      acceptance.summary(present),
    ]);
    const { gateway, proxy } = this.site;
    return {
      ...{ cart, enrolment },
      ...waiting,
      gateway,
      proxy: { kind: proxy.kind, address: proxyAddressOf(proxy) },
      ...seen,
      change: network.change(),
      validation,
      ...reported,
      ledgerDiverged,
    };
  }

  /** Makes a change of another part, beside no session and no other change. @throws SessionUnderWay, CommissioningUnderWay */
  change<T>(does: () => Promise<T>): Promise<T> {
    return this.#order.changing(does);
  }

  /** Lets something be done beside the operator. @throws SessionUnderWay */
  admitWork(): void {
    this.#order.admitWork();
  }

  /** Lets a validation begin. @throws SessionUnderWay, CommissioningUnderWay */
  admitValidation(): void {
    this.admitWork();
    this.#order.admitBesideChanges();
    this.#validations.admit();
  }

  /** Lets a session begin; a licence whose code was not sent yet waits for another time. @throws CommissioningUnderWay */
  admitSession(): void {
    if (this.#options.network.change()?.state === 'trying') throw new CommissioningUnderWay();
    this.#order.admitSession();
  }

  /** A session has begun: what was looked at alone is not alone any more. */
  sessionBegan(): void {
    this.#validations.overtake(new SessionUnderWay());
  }

  /** @see LicenceEntry.enter */
  enterLicence(entered: EnterLicence, signal: AbortSignal): Promise<boolean> {
    return this.#licence.enter(entered, signal);
  }

  /** Tries a licence that waits. @returns whether the cart is enrolled now */
  enrolWaiting(signal: AbortSignal): Promise<boolean> {
    return this.#licence.enrolWaiting(signal);
  }

  /** @throws FieldsRefused, SessionUnderWay, CommissioningUnderWay */
  async setGateway(gateway: GatewayAddress): Promise<void> {
    admitFields(refusedGateway(gateway));
    await this.#setSite({ gateway }, 'gateway');
  }

  /** @throws FieldsRefused, SessionUnderWay, CommissioningUnderWay */
  async setProxy(proxy: ProxySettings): Promise<void> {
    admitFields(refusedProxy(proxy));
    await this.#setSite({ proxy }, 'proxy');
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
    await this.#order.changing(async () => {
      // What is refused changes nothing, so it costs nothing.
      await network.admit(name, profile);
      await record([{ kind: 'site-changed', what: 'network' }]);
      await this.#validations.forget();
      const stop = network.onChange(() => {
        if (network.change()?.state === 'trying') onTrying();
      });
      await network.apply(name, profile, proof).finally(stop);
    });
    await this.#licence.tryWaiting(AbortSignal.timeout(WAITING_TRIED_MS));
  }

  /** Takes back the profile that is being tried, without waiting for its time to be over. It narrows, so nothing holds it up. */
  withdrawNetwork(): Promise<void> {
    return this.#options.network.withdraw();
  }

  scan(name: string): Promise<WiFiScan> {
    return this.#options.network.scan(name);
  }

  /**
   * Validates. A licence that waits is redeemed first, since without an identity there is little to see.
   * @throws SessionUnderWay, CommissioningUnderWay, ValidationOvertaken, and what validation throws
   */
  async validate(
    idleSeconds: number,
    onStep: (step: ValidationStepReport) => void = () => undefined,
  ): Promise<Validation> {
    this.admitValidation();
    return this.#validations.make(
      idleSeconds,
      async (signal, told) => {
        await this.#licence.tryWaiting(signal, true);
        const { site } = this;
        return this.#options.validate({ site, idleSeconds, signal, onStep: told });
      },
      onStep,
    );
  }

  /** Stops a validation; what it has seen until then stays, and the rest is left out. */
  stopValidation(): void {
    this.#validations.stop();
  }

  /**
   * Signs the acceptance report. @returns what became of it
   * @throws FieldsRefused, CartNotSetUp, ValidationMissing, ValidationNotPassed, ValidationIncomplete, SessionUnderWay,
   *   CommissioningUnderWay, and what signing throws
   */
  async accept(facility: string, acceptedBy: string): Promise<SignedReport> {
    const { licence, acceptance, record } = this.#options;
    admitFields(refusedAcceptance(facility, acceptedBy));
    // What is read here belongs together: nothing changes meanwhile.
    return this.#order.changing(async () => {
      if ((await licence.enrolment()) === null) throw new CartNotSetUp();
      const validation = await this.#validations.last();
      if (validation === null) throw new ValidationMissing();
      admitAccepted(validation);
      const { interfaces } = await this.#interfaces();
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

  /** Gives the text for the hospital's firewall team: from what is known, before there is a report too. */
  async firewall(language: Language = 'en'): Promise<string> {
    const { interfaces } = await this.#interfaces();
    return this.#options.acceptance.firewall(await this.#present(interfaces), language);
  }

  async #present(interfaces: EngineerState['interfaces']): Promise<PresentSite> {
    const validation = await this.#validations.last();
    return { site: this.site, interfaces, validation, isValidating: this.isValidating };
  }

  async #setSite(
    some: { readonly gateway: GatewayAddress } | { readonly proxy: ProxySettings },
    what: 'gateway' | 'proxy',
  ): Promise<void> {
    await this.#order.changing(async () => {
      await this.#options.record([{ kind: 'site-changed', what }]);
      await this.#validations.forget();
      await this.#site.set(some);
    });
  }

  async #interfaces(): Promise<Pick<EngineerState, 'interfaces' | 'networkTrouble'>> {
    try {
      return { interfaces: [...(await this.#options.network.interfaces())], networkTrouble: null };
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      return { interfaces: [], networkTrouble: fault.code };
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** What is signed says that a session will come about: nothing failed, and nothing that it hangs on was left out. */
function admitAccepted({ steps }: Validation): void {
  if (steps.some(({ result }) => result === 'failed')) throw new ValidationNotPassed();
  if (!isAccepted(steps)) throw new ValidationIncomplete();
}
