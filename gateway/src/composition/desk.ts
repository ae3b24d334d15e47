/** Puts the desk together from its features, and ties the zones to it. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory } from '../directory/contract.ts';
import type { ShownPHIPolicy } from '@chaperone/protocol/phi-policy/phi-policy-document.ts';
import type { AdmittedOfficer, Authority } from '../authority/contract.ts';
import {
  AccountActs,
  ActRecord,
  AdministrationLists,
  Audit,
  CartList,
  EquipmentActs,
  LiveActs,
} from '../desk/administration/administration.ts';
import { Carts } from '../desk/cart/cart.ts';
import type { DeskFeatures } from '../desk/console/console.ts';
import {
  AcceptanceReports,
  CartChanges,
  Commissioning,
} from '../desk/commissioning/commissioning.ts';
import { Enrolment } from '../desk/enrolment/enrolment.ts';
import { Deidentifications } from '../desk/deidentification/deidentification.ts';
import { RecordExports } from '../desk/export/export.ts';
import { RecordViews } from '../desk/record-view/record-view.ts';
import { accountsOf } from '../desk/facility/facility.ts';
import { FacilityPolicies } from '../desk/facility-policy/facility-policy.ts';
import { Events } from '../desk/events/events.ts';
import type { DeskContext } from '../desk/platform/desk-context.ts';
import { Recordings } from '../desk/recording/recording.ts';
import { Screens } from '../desk/screen/screen.ts';
import { Snapshots } from '../desk/snapshot/snapshot.ts';
import {
  CaseAges,
  CaseFacilities,
  DestructionCertifier,
  ServiceCases,
} from '../desk/service-case/service-case.ts';
import { SessionReceipts } from '../desk/receipt/receipt.ts';
import { RecordScans } from '../desk/quarantine/quarantine.ts';
import { RemoteSessions } from '../desk/session/session.ts';
import type { SessionKeeperOptions } from '../desk/session/session.ts';
import { SignIn, Standing, endSignInsOf } from '../desk/sign-in/sign-in.ts';
import { Transfers } from '../desk/transfer/transfer.ts';
import { Uploads } from '../desk/upload/upload.ts';
import { ProposalStore, Proposals, ProposedActs } from '../desk/two-person/two-person.ts';
import { Traffic } from '../desk/traffic/traffic.ts';
import { Tunnel } from '../desk/tunnel/tunnel.ts';
import { Workstations } from '../desk/workstation/workstation.ts';
import type { EdgeIntake } from '../edge/contract.ts';
import type { CartJournals } from '../ledger/contract.ts';
import { caseAgeTermsOf, designatorOf } from '../platform/configuration/section-cases.ts';
import { demoParts, isSecondFactorRequired } from '../platform/configuration/demo-rule.ts';
import {
  cartCertificates,
  followCases,
  holdersOf,
  makePostures,
  onlyCertificate,
  worksOnCarts,
} from './desk-parts.ts';
import { roleTableOf } from './directory.ts';
import { caseSearch } from './case-places.ts';
import { AccountNames } from './account-names.ts';
import { makeScanning } from './antivirus.ts';
import { followRules, lookByRule, openCases } from './follow-rules.ts';
import { licenceFiles } from './licence-files.ts';
import { followWorkstations } from './follow-workstations.ts';
import type { Siem } from '../siem/contract.ts';
import type { FacilityAccounts } from '../portal/contract.ts';
import type { OpenedVault } from '../vault/vault.ts';
import { openSecondFactors } from './zones.ts';
import type { Storage } from './zones.ts';
import { SOFTWARE, VERSION } from './version.ts';

export interface Desk {
  readonly features: DeskFeatures;
  readonly names: AccountNames;
  readonly intake: EdgeIntake;
  /** The accounts of the one facility that an admitted officer's certificate names. */
  accountsOf(officer: AdmittedOfficer): FacilityAccounts;
  /** Ends the sign-ins and the remote session of a technician. */
  endSignIns(technician: TechnicianId): Promise<void>;
  /** Takes up what was running when the gateway stopped. */
  restore(): Promise<void>;
  /** Says where carts reach the edge, for licence files; it listens after everything else. */
  edgeListens(port: number): void;
  /** Says what forwards to the SIEM, for the console to show; null where nothing does. */
  siemRuns(siem: Siem | null): void;
  close(): Promise<void>;
}

/** Whether the directory answers, and since when; null while nobody had reason to ask. */
interface DeskDirectory {
  readonly reachable: boolean;
  readonly sinceUtcMs: number | null;
}

export interface DeskZones {
  readonly authority: Authority;
  readonly directory: Directory;
  readonly vault: OpenedVault;
  readonly journals: CartJournals;
  readonly phi: ShownPHIPolicy;
  /** Of which facilities there are officers in force. */
  readonly facilitiesOfOfficers: () => Promise<readonly string[]>;
}

/** Makes the desk; nothing listens yet. */
export function makeDesk(storage: Storage, zones: DeskZones): Desk {
  const { configuration, database, ledger, clock, randomBytes, log } = storage;
  const { authority, directory, journals, vault } = zones;
  const context: DeskContext = {
    database,
    ledger,
    vault,
    clock,
    randomBytes,
    log: log.child({ zone: 'desk' }),
  };
  const events = new Events();
  const isRevoked = async (serial: string): Promise<boolean> => await authority.isRevoked(serial);
  const tunnel = new Tunnel({ authority, record: (fact) => ledger.appendLater(fact) });
  const acceptanceReports = new AcceptanceReports(context, authority);
  const facilityPolicies = new FacilityPolicies(context);
  const changes = new CartChanges(context, journals);
  const commissioning = new Commissioning({
    authority,
    reports: acceptanceReports,
    policies: facilityPolicies,
    clock,
    software: SOFTWARE,
    report: (fault) => log.error({ err: fault }, 'what a cart asked could not be answered'),
  });
  const enrolment = new Enrolment(authority, commissioning);
  const workstations = new Workstations({
    authority,
    clock,
    isGated: configuration.console.tls !== 'off',
    record: (fact) => ledger.appendLater(fact),
    report: (fault) => log.error({ err: fault }, 'a workstation could not be looked at'),
  });
  const secondFactors = openSecondFactors(storage);
  const postures = makePostures(context, storage, () => events.deskChanged());
  const signIn = new SignIn(context, {
    directory,
    secondFactors: isSecondFactorRequired(configuration) ? secondFactors : null,
    isWorkstationLicensed: async (id) => await workstations.isLicensed(id),
    posture: postures,
    idleMs: configuration.limits.signInIdleMs,
  });
  const names = new AccountNames(signIn.accounts);
  const nameOf = names.nameOf.bind(names);
  const proposalStore = new ProposalStore(database);
  const deidentifications = new Deidentifications(context, events, storage.regionTemplates);
  const recordExports = new RecordExports(context);
  const recordViews = new RecordViews(context);
  const cases = new ServiceCases(context, events, {
    designatedBy: designatorOf(configuration),
    isHoldProposed: async (id) => await proposalStore.isHoldPending(id, clock.utcMs()),
    exportsOwed: async (id) => await recordExports.owed(id),
    keepRule: async (...kept) => await deidentifications.opened(...kept),
  });
  const caseFacilities = new CaseFacilities({
    authority,
    ofOfficers: zones.facilitiesOfOfficers,
  });
  const carts = new Carts(context, authority, tunnel, events);
  const traffic = new Traffic(context, { onLink: (listener) => tunnel.onLink(listener) });
  const mayHold: SessionKeeperOptions['mayHold'] = async ({ technician, workstation }) => {
    const account = await signIn.accounts.byId(technician);
    const isOut = account === null || account.disabled || !worksOnCarts(account.roles);
    return !isOut && (await workstations.isLicensed(workstation));
  };
  const sessions = new RemoteSessions(context, {
    carried: (cart, session) => traffic.of(cart, session),
    tunnel,
    cases,
    ruleOf: async (id) => await deidentifications.ruleOf(id),
    recordsScreen: configuration.recording.screens === 'on',
    events,
    journals: changes.followed,
    exchange: async (link) => await receipts.exchange(link),
    mayHold,
    mayWatch: async ({ caseId, ...who }) => {
      const { state, designated } = await cases.get(caseId);
      return state === 'open' && designated.includes(who.technician) && (await mayHold(who));
    },
    workstationRoot: onlyCertificate(authority.publicRoots.workstationRootPEM),
    isRevoked,
    nameOf,
    assertCurrent: async (workstation) => await postures.assertMayRequest(workstation),
    licenceOf: async (cart) => (await authority.cartLicence(cart))?.terms ?? null,
  });
  const receipts = new SessionReceipts(context, { authority, sessions });
  let siem: Siem | null = null;
  let directoryState: DeskDirectory = { reachable: true, sinceUtcMs: null };
  const standing = new Standing({
    directory,
    signIns: signIn,
    inSession: async () => await holdersOf(sessions, signIn),
    endSessions: async (technician) => await sessions.endOfTechnician(technician),
    clock,
    log,
    unreachableMsMax:
      configuration.directory.kind === 'demo' ? 0 : configuration.directory.unreachableMsMax,
    onReachable: (reachable) => {
      if (reachable) log.info('the directory answers again');
      else log.warn('the directory does not answer: nobody new comes in');
      directoryState = { reachable, sinceUtcMs: clock.utcMs() };
      events.deskChanged();
    },
  });
  const transfers = new Transfers(context, sessions, events, configuration.limits, {
    isDeidentifiedOnly: async (id) => (await deidentifications.ruleOf(id)) === 'on-the-cart',
    keepReport: async (...kept) => await deidentifications.doneByCart(...kept),
  });
  const uploads = new Uploads({
    context,
    room: transfers.room,
    uploadBytesMax: configuration.limits.uploadBytesMax,
  });
  const scans = new RecordScans(context, {
    door: vault.quarantine,
    events,
    scanning: makeScanning(configuration.antivirus, log, storage.hostRoot),
  });
  const snapshots = new Snapshots(context, {
    sessions,
    cases,
    room: transfers.room,
    ruleOf: async (id) => await deidentifications.ruleOf(id),
  });
  const recordings = new Recordings(context, {
    ...configuration.recording,
    cases,
    assertRoom: async (id, bytes) => await transfers.room.admit(id, bytes),
    caseChanged: (id) => events.caseChanged(id),
  });
  const screens = new Screens(sessions, recordings);
  vault.attend(
    [
      cases.traces(),
      transfers.traces(),
      uploads.traces(),
      recordings.traces(),
      recordExports.traces(),
      receipts.traces(),
      deidentifications.traces(),
      recordViews.traces(),
      // Last: what the others say that they erased is looked for without them.
      caseSearch(database, storage.dataDirectory.path),
    ],
    new DestructionCertifier(context, cases, {
      gatewayName: configuration.edge.gatewayNames[0] ?? 'gateway',
      demo: configuration.demo,
      tool: SOFTWARE,
      place: configuration.serviceCentre.name,
      contact: configuration.serviceCentre.phone,
      demoParts: demoParts(configuration),
      modelOf: async (cart) => (await carts.seen()).get(cart)?.model ?? null,
    }),
  );
  const caseAges = new CaseAges(context, {
    cases,
    sessions,
    events,
    terms: caseAgeTermsOf(configuration),
    holdsOf: async (id) => await proposalStore.countHolds(id),
  });
  followCases(events, cases, sessions, log);
  followRules(events, cases, deidentifications, log);
  followWorkstations(authority, signIn, sessions, log);
  const endEverythingOf = async (technician: TechnicianId): Promise<void> => {
    try {
      await endSignInsOf(database, technician);
    } finally {
      await sessions.endOfTechnician(technician);
    }
  };
  const record = new ActRecord(context, (fault) =>
    log.error({ err: fault }, 'the reason of an act could not be kept'),
  );
  const accountActs = new AccountActs({
    accounts: signIn.accounts,
    directory,
    record,
    endEverythingOf,
    endSessionOf: async (technician) => await sessions.endOfTechnician(technician),
    accountsChanged: async () => await names.refresh(),
    randomBytes,
  });
  const equipmentActs = new EquipmentActs(authority, record);
  const liveActs = new LiveActs({
    signIn,
    sessions,
    record,
    caseReasons: cases.reasons,
    nameOf,
    caseNumber: async (id) => (await cases.store.find(id))?.number ?? null,
  });
  const proposals = new Proposals(context, {
    store: proposalStore,
    acts: new ProposedActs(context, {
      accounts: signIn.accounts,
      accountActs,
      secondFactors,
      authority,
      cases,
      record,
      endEverythingOf,
    }),
    inForce: async (id) => await signIn.inForce(id),
    caseReasons: cases.reasons,
    nameOf: (id) => nameOf(id as TechnicianId),
  });
  const audit = new Audit(context, {
    nameOf: (id) => nameOf(id as TechnicianId),
    cartRoot: authority.publicRoots.cartRootsPEM,
    receipts: () => sessions.store.allReceipts(),
    countersignatures: () => receipts.all(),
    carts: () => cartCertificates(authority, carts),
  });
  const about = {
    serviceCentre: configuration.serviceCentre,
    phiPolicy: zones.phi,
    demo: configuration.demo,
    demoParts: [...demoParts(configuration)],
    provider: 'begin' in directory ? directory.providerName : null,
    newCaseDeidentification: configuration.deidentification.newCases,
    isScreenRecorded: configuration.recording.screens === 'on',
    version: VERSION,
  };
  const evidence = { authority, journals, sessions, receipts };
  const administration = new AdministrationLists(context, {
    authority,
    signIn,
    secondFactors,
    roleTable: roleTableOf(configuration),
    seatsMax: configuration.workstations.seatsMax,
    postureOf: async (workstation) => await postures.sentencesOf(workstation),
  });
  const cartList = new CartList(context, {
    authority,
    carts,
    reports: acceptanceReports,
    changes,
    policies: facilityPolicies,
    isOnline: (serial) => sessions.isOnline(serial),
    monthBytes: async () => await traffic.months(),
    gatewayNames: configuration.edge.gatewayNames,
  });
  const files = licenceFiles(authority, configuration);
  const features = {
    context,
    cartList,
    acceptanceReports,
    about,
    signIn,
    secondFactors,
    workstations,
    postures,
    carts,
    cases,
    caseFacilities,
    caseAges,
    sessions,
    screens,
    snapshots,
    transfers,
    uploads,
    recordExports,
    deidentifications,
    newCaseRule: configuration.deidentification.newCases,
    scans,
    recordViews,
    events,
    evidence,
    administration,
    audit,
    accountActs,
    equipmentActs,
    licenceFileOf: files.licenceFileOf,
    liveActs,
    proposals,
    authority,
    deskState: () => ({
      directory: directoryState,
      gatewayPosture: postures.host.sentences(),
      scanner: scans.lack,
      siem: siem?.status() ?? null,
    }),
    nameOf,
  };
  return {
    features,
    names,
    intake: {
      accept: ({ road, socket }) =>
        road === 'tunnel' ? tunnel.accept(socket) : enrolment.accept(socket),
    },
    endSignIns: endEverythingOf,
    edgeListens: (port) => files.edgeListens(port),
    siemRuns: (given) => void (siem = given),
    accountsOf: ({ facility }) =>
      accountsOf(
        { context, cases, evidence, caseAges, policies: facilityPolicies, exports: recordExports },
        facility,
      ),
    restore: async () => {
      await names.refresh();
      await proposals.restore();
      await cases.takeUpDecisions(nameOf);
      const open = await openCases(cases);
      await deidentifications.restore(open.map(({ id }) => id));
      await recordExports.takeUp(await cases.store.unresolved());
      await scans.start();
      await sessions.restore();
      const staged = [await uploads.known(), await recordings.known()];
      await transfers.restore(new Set(staged.flatMap((ids) => [...ids])));
      await recordings.restore();
      await cases.resumeResolving();
      caseAges.start();
      uploads.start();
      for (const each of open) lookByRule(each, deidentifications, log);
      standing.start();
      await postures.host.start();
    },
    close: async () => {
      await caseAges.close();
      standing.close();
      signIn.close();
      postures.host.close();
      workstations.close();
      sessions.close();
      enrolment.close();
      commissioning.close();
      const ended = Promise.all([transfers.close(), uploads.close(), scans.close()]);
      tunnel.close();
      await recordings.close();
      await ended;
      await traffic.close();
    },
  };
}
