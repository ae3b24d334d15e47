/**
 * Puts the authority together from its parts. Only a composition root imports this; the desk gets an `Authority`.
 */
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import { writeLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
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
import type { Authority } from './contract.ts';
import { makeESTRoutes, signAnchors } from './est/est.ts';
import {
  FILE_KEYS,
  addMissingRoots,
  cartRootsPEM,
  loadAuthority,
} from './establishment/establishment.ts';
import type { RootKeys } from './establishment/establishment.ts';
import { Certifier, Issuance, WorkstationIssuance } from './issuance/issuance.ts';
import type { WorkstationTerms } from './issuance/issuance.ts';
import { LicenceDesk, licenceFileOf } from './licence/licence.ts';
import {
  checkRegistry,
  openRegistry,
  searchCarts,
  searchLicences,
  searchWorkstations,
  workstationLabels,
} from './registry/registry.ts';
import { Revocations } from './revocation/revocation.ts';
import { clearGoneRoots, rolloverStanding } from './rollover/rollover.ts';
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
  await addMissingRoots(directory, ledger, clock.utcMs(), options.keys);
  const nowMs = clock.utcMs();
  const keys = options.keys ?? FILE_KEYS;
  await clearGoneRoots({ directory, database, nowMs, keys });
  const established = await loadAuthority(directory, options.keys);
  await checkRegistry(database, clock.utcMs(), established.roots.licence.certificate);
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
  const { roots, cartRoots } = established;
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
  const anchors = await signAnchors(cartRoots, {
    workstationCA: roots.workstation.certificatePEM,
    licenceCA: roots.licence.certificatePEM,
    ledgerKey: options.ledgerKey,
    issuedAtMs: nowMs,
  });
  const licences = new LicenceDesk({ ...parts, licenceRoot: roots.licence });
  await licences.giveMissingTerms();
  const admit: Authority['admitCart'] = (socket) =>
    admitCart(socket, cartRoots, registry, clock.utcMs());
  return {
    facts: established.facts,
    publicRoots: {
      cartRootPEM: roots.cart.certificatePEM,
      cartRootsPEM: cartRootsPEM(cartRoots),
      workstationRootPEM: roots.workstation.certificatePEM,
      browserRootPEM: roots.browser.certificatePEM,
      facilityRootPEM: roots.facility.certificatePEM,
      licenceRootPEM: roots.licence.certificatePEM,
    },
    issueCartLicence: (serial, order) => licences.issueForCart(serial, order),
    licenceFile: async (issued, place) => {
      const { certificatePEM: cartRoot, fingerprint: rootFingerprint } = cartRoots.issuing;
      const word = anchors.by(rootFingerprint);
      if (word === undefined) throw new TypeError('the root that certifies signs the anchors');
      const file = licenceFileOf(issued, { ...place, rootFingerprint });
      const signed = { cartRoot, anchors: word, signer: roots.licence.signer };
      return await writeLicenceFile(signed, file);
    },
    renewLicence: (id, order) => licences.renew(id, order),
    cartLicence: (serial) => licences.ofCart(serial),
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
    rollover: () => rolloverStanding({ directory, database, nowMs: clock.utcMs() }),
    revocationList: (chain) => revocations.list(chain),
    tunnelServerOptions: (alpn) => tunnelServerOptions(tunnel, cartRoots, alpn),
    consoleServerOptions: () => consoleServerOptions(consoleServer, roots),
    portalServerOptions: async (hostNames) =>
      portalServerOptions(
        await holdServerIdentity({ ...own, place: 'portal', root: roots.browser, hostNames }),
        roots.facility,
      ),
    estRoutes: makeESTRoutes({
      issuance,
      cartRoots: [
        ...cartRoots.accepted.map(({ certificate }) => certificate),
        ...cartRoots.crossed,
      ],
      anchors,
      admit,
      licenceOf: (peer) => licences.statementFor(peer),
      monotonicMs: () => clock.monotonicMs(),
      report,
    }),
  };
}
