/**
 * Puts the authority together from its parts. Only a composition root imports this; the desk gets an `Authority`.
 */
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import { newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  LicenceUnknown,
  issueLicence,
  newLicenceId,
  parseWorkstationLabel,
} from '@chaperone/domain/licence/licence.ts';
import type { Licence, LicenceId, LicenceSubject } from '@chaperone/domain/licence/licence.ts';
import { makeAnchors } from '@chaperone/protocol/est/anchors.ts';
import { hashLicenceCode } from '@chaperone/protocol/x509/licence-code-hash.ts';
import { systemClock } from '../platform/clock/clock.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { systemRandom } from '../platform/random/random.ts';
import {
  admitCart,
  admitOfficer,
  admitWorkstation,
  consoleServerOptions,
  portalServerOptions,
  tunnelServerOptions,
} from './admission/admission.ts';
import type { AuthorityLedger, FaultReport } from './authority-ledger.ts';
import type { Authority, IssuedLicence, LicenceOrder, RetirementOrder } from './contract.ts';
import { makeESTRoutes } from './est/est.ts';
import { addFacilityRoot, loadAuthority } from './establishment/establishment.ts';
import type { RootKeys } from './establishment/establishment.ts';
import { Certifier, Issuance, WorkstationIssuance } from './issuance/issuance.ts';
import type { WorkstationTerms } from './issuance/issuance.ts';
import {
  ChainRetired,
  checkRegistry,
  openRegistry,
  searchCarts,
  searchLicences,
  searchWorkstations,
  workstationLabels,
} from './registry/registry.ts';
import { Revocations } from './revocation/revocation.ts';
import { holdServerIdentity } from './server-identity/server-identity.ts';

export interface OpenAuthorityOptions {
  /** Where `establishAuthority` put it. */
  readonly directory: string;
  /** Where the roots' keys are; in files unless said otherwise. The caller closes them. */
  readonly keys?: RootKeys;
  /** Migrated with `AUTHORITY_MIGRATIONS`. */
  readonly database: Database;
  readonly ledger: AuthorityLedger;
  /** The ledger's verifier key, one line in C2SP note form; carts pin it. */
  readonly ledgerKey: string;
  /** DNS names and addresses that carts dial. */
  readonly gatewayNames: readonly string[];
  /** DNS names and addresses of the console. */
  readonly consoleNames: readonly string[];
  readonly workstations: WorkstationTerms;
  readonly report: FaultReport;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
}

/**
 * Opens the authority, renews the gateway's own certificates where that is due, and brings revocations into the
 * ledger that are missing there.
 * @throws AuthorityNotEstablished, AuthorityDamaged, AuthorityKeyExposed, AuthorityKeysElsewhere, RegistryDamaged, and
 *   for keys in a token TokenUnusable, TokenKeyUnfit, TokenUnavailable, SecretFileUnusable
 */
export async function openAuthority(options: OpenAuthorityOptions): Promise<Authority> {
  const { directory, database, ledger, report } = options;
  const clock = options.clock ?? systemClock;
  const randomBytes = options.randomBytes ?? systemRandom;
  await addFacilityRoot(directory, ledger, clock.utcMs(), options.keys);
  const established = await loadAuthority(directory, options.keys);
  await checkRegistry(database, clock.utcMs());
  const registry = openRegistry(database);
  const revocations = new Revocations({ established, registry, ledger, clock, report });
  await revocations.record();
  const workstationTerms = options.workstations;
  const parts = {
    established,
    registry,
    revocations,
    ledger,
    clock,
    randomBytes,
    report,
    workstationTerms,
  };
  const certifier = new Certifier(parts);
  const issuance = new Issuance(certifier);
  const workstations = new WorkstationIssuance(certifier);
  const { roots } = established;
  const own = { directory, issuance, revocations, nowMs: clock.utcMs() };
  const tunnel = await holdServerIdentity({
    ...own,
    place: 'tunnel',
    root: roots.cart,
    hostNames: options.gatewayNames,
  });
  const consoleServer = await holdServerIdentity({
    ...own,
    place: 'console',
    root: roots.browser,
    hostNames: options.consoleNames,
  });
  const anchors = await makeAnchors(roots.cart, {
    workstationCA: roots.workstation.certificatePEM,
    licenceCA: null,
    ledgerKey: options.ledgerKey,
    issuedAtMs: clock.utcMs(),
  });
  const licences = new LicenceDesk(parts);
  const admit: Authority['admitCart'] = (socket) =>
    admitCart(socket, roots.cart, registry, clock.utcMs());
  return {
    facts: established.facts,
    publicRoots: {
      cartRootPEM: roots.cart.certificatePEM,
      workstationRootPEM: roots.workstation.certificatePEM,
      browserRootPEM: roots.browser.certificatePEM,
      facilityRootPEM: roots.facility.certificatePEM,
    },
    issueCartLicence: (serial, order) => licences.issue({ kind: 'cart', serial }, order),
    issueWorkstationLicence: (label, order) => licences.issueForWorkstation(label, order),
    licences: () => registry.licences(),
    searchLicences: (search) => searchLicences(database, search),
    searchWorkstations: (search) => searchWorkstations(database, search, clock.utcMs()),
    workstationLabels: (ids) => workstationLabels(database, ids),
    searchCarts: (search) => searchCarts(database, search),
    retireChain: (chain) => revocations.retireChain(chain),
    isChainRetired: (chain) => registry.isChainRetired(chain),
    retireLicence: (id, order) => licences.retire(id, order),
    enrolWorkstation: (code, request) => workstations.programByLicence(code, request),
    enrolConsole: (code, proof) => workstations.consoleByLicence(code, proof),
    certifyWorkstation: (peer, use, request) => workstations.connecting(peer, use, request),
    certifySigningKey: (peer, proof) => workstations.signing(peer, proof),
    certifyOfficer: (officer, request) => issuance.officer(officer, request),
    admitOfficer: (socket) => admitOfficer(socket, roots.facility, registry, clock.utcMs()),
    retireOfficer: (id) => revocations.retireOfficer(id),
    admitCart: admit,
    admitWorkstation: (socket) =>
      admitWorkstation(socket, roots.workstation, registry, clock.utcMs()),
    workstations: () => registry.workstations(clock.utcMs()),
    seats: async () => ({
      used: await registry.seatsUsed(clock.utcMs()),
      max: workstationTerms.seatsMax,
    }),
    isRevoked: (certificateSerialHex) => revocations.isRevoked(certificateSerialHex),
    inForce: (serials) => registry.released(serials),
    onRevoked: (listener) => revocations.onRevoked(listener),
    revokeCertificate: (serialHex, reason) => revocations.revoke(serialHex, reason),
    retireCart: (serial, order) => revocations.retireCart(serial, order),
    retireWorkstation: (id, order) => revocations.retireWorkstation(id, order),
    certificatesOf: (holder) => registry.certificatesOf(holder),
    revocationList: (chain) => revocations.list(chain),
    tunnelServerOptions: (alpn) => tunnelServerOptions(tunnel, roots.cart, alpn),
    consoleServerOptions: () => consoleServerOptions(consoleServer, roots),
    portalServerOptions: async (hostNames) =>
      portalServerOptions(
        await holdServerIdentity({ ...own, place: 'portal', root: roots.browser, hostNames }),
        roots.facility,
      ),
    estRoutes: makeESTRoutes({
      issuance,
      cartRoot: roots.cart.certificate,
      anchors,
      admit,
      monotonicMs: () => clock.monotonicMs(),
      report,
    }),
  };
}

interface LicenceDeskParts {
  readonly registry: ReturnType<typeof openRegistry>;
  readonly ledger: AuthorityLedger;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly report: FaultReport;
  readonly workstationTerms: WorkstationTerms;
}

/** Issues licences: what lets somebody ask for a certificate once. */
class LicenceDesk {
  readonly #parts: LicenceDeskParts;

  constructor(parts: LicenceDeskParts) {
    this.#parts = parts;
  }

  async issueForWorkstation(label: string, order: LicenceOrder): Promise<IssuedLicence> {
    const subject = { kind: 'workstation', label: parseWorkstationLabel(label) } as const;
    const { registry, clock, workstationTerms } = this.#parts;
    // Asked again when the code is used; but whoever issues it is the one who can retire another.
    await registry.requireSeat(workstationTerms.seatsMax, clock.utcMs());
    return await this.issue(subject, order);
  }

  async issue(subject: LicenceSubject, order: LicenceOrder): Promise<IssuedLicence> {
    const { registry, ledger, clock, randomBytes, report } = this.#parts;
    const code = newLicenceCode(randomBytes);
    const licence = issueLicence({
      id: newLicenceId(randomBytes),
      subject,
      codeHash: hashLicenceCode(code),
      nowMs: clock.utcMs(),
      ...(order.lifetimeMs === undefined ? {} : { lifetimeMs: order.lifetimeMs }),
    });
    if (await registry.isChainRetired(subject.kind)) throw new ChainRetired();
    await registry.addLicence(licence, order.by);
    try {
      await ledger.append({ kind: 'licence-issued', ...this.#about(licence), by: order.by });
    } catch (fault) {
      // Nobody has seen the code; a licence that the ledger does not know is not left lying about.
      await registry.retireLicence(licence.id, clock.utcMs()).catch(report);
      throw fault;
    }
    return { licence, code };
  }

  async retire(id: LicenceId, order: RetirementOrder = {}): Promise<Licence> {
    const { registry, ledger, clock, report } = this.#parts;
    const licence = await registry.retireLicence(id, clock.utcMs());
    if (licence === undefined) throw new LicenceUnknown();
    const fact = { ...this.#about(licence), ...order };
    await ledger.append({ kind: 'licence-retired', ...fact }).catch(report);
    return licence;
  }

  #about({ id, subject }: Licence) {
    const subjectId = subject.kind === 'cart' ? subject.serial : null;
    return { subject: subject.kind, licenceId: id, subjectId, code: null } as const;
  }
}
