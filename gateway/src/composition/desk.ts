/** Puts the desk together from its features, and ties the zones to it. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Directory, Role } from '../directory/contract.ts';
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
import { accountsOf } from '../desk/facility/facility.ts';
import { Events } from '../desk/events/events.ts';
import type { DeskContext } from '../desk/platform/desk-context.ts';
import { Screens } from '../desk/screen/screen.ts';
import { DestructionCertifier, ServiceCases } from '../desk/service-case/service-case.ts';
import { Postures } from '../desk/posture/posture.ts';
import { RemoteSessions } from '../desk/session/session.ts';
import { SignIn, Standing, endSignInsOf } from '../desk/sign-in/sign-in.ts';
import type { PersonAtWork } from '../desk/sign-in/sign-in.ts';
import { Transfers } from '../desk/transfer/transfer.ts';
import { ProposalStore, Proposals, ProposedActs } from '../desk/two-person/two-person.ts';
import { Tunnel } from '../desk/tunnel/tunnel.ts';
import { Workstations } from '../desk/workstation/workstation.ts';
import type { EdgeIntake } from '../edge/contract.ts';
import type { CartJournals } from '../ledger/contract.ts';
import { designatorOf } from '../platform/configuration/section-cases.ts';
import { demoParts, isSecondFactorRequired } from '../platform/configuration/demo-rule.ts';
import { posturePolicyOf } from '../platform/configuration/section-posture.ts';
import type { Log } from '../platform/log/log.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { readPosture } from '@chaperone/host/posture.ts';
import { roleTableOf } from './directory.ts';
import { AccountNames } from './account-names.ts';
import { licenceFiles } from './licence-files.ts';
import { followWorkstations } from './follow-workstations.ts';
import type { FacilityAccounts } from '../portal/contract.ts';
import type { Vault } from '../vault/contract.ts';
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
  readonly vault: Vault;
  readonly journals: CartJournals;
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
  const changes = new CartChanges(context, journals);
  const commissioning = new Commissioning({
    authority,
    reports: acceptanceReports,
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
  const cases = new ServiceCases(context, events, {
    designatedBy: designatorOf(configuration),
    isHoldProposed: async (id) => await proposalStore.isHoldPending(id, clock.utcMs()),
  });
  const carts = new Carts(context, authority, tunnel, events);
  const sessions = new RemoteSessions(context, {
    tunnel,
    cases,
    events,
    journals: changes.followed,
    mayHold: async ({ technician, workstation }) => {
      const account = await signIn.accounts.byId(technician);
      const isOut = account === null || account.disabled || !worksOnCarts(account.roles);
      return !isOut && (await workstations.isLicensed(workstation));
    },
    workstationRoot: onlyCertificate(authority.publicRoots.workstationRootPEM),
    isRevoked,
    nameOf,
    assertCurrent: async (workstation) => await postures.assertMayRequest(workstation),
    licenceOf: async (cart) => (await authority.cartLicence(cart))?.terms ?? null,
  });
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
  const transfers = new Transfers(context, sessions, events, configuration.limits);
  const screens = new Screens(sessions);
  vault.attend(
    [cases.traces(), transfers.traces()],
    new DestructionCertifier(context, cases, {
      gatewayName: configuration.edge.gatewayNames[0] ?? 'gateway',
      demo: configuration.demo,
      tool: SOFTWARE,
      place: configuration.serviceCentre.name,
      contact: configuration.serviceCentre.phone,
    }),
  );
  followCases(events, cases, sessions, log);
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
    cartRoot: authority.publicRoots.cartRootPEM,
  });
  const about = {
    serviceCentre: configuration.serviceCentre,
    demo: configuration.demo,
    demoParts: [...demoParts(configuration)],
    provider: 'begin' in directory ? directory.providerName : null,
    version: VERSION,
  };
  const evidence = { authority, journals, sessions };
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
    isOnline: (serial) => sessions.isOnline(serial),
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
    sessions,
    screens,
    transfers,
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
    deskState: () => ({ directory: directoryState, gatewayPosture: postures.host.sentences() }),
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
    accountsOf: ({ facility }) => accountsOf({ context, cases, evidence }, facility),
    restore: async () => {
      await names.refresh();
      await proposals.restore();
      await cases.takeUpDecisions(nameOf);
      await sessions.restore();
      await transfers.restore();
      await cases.resumeResolving();
      standing.start();
      await postures.host.start();
    },
    close: async () => {
      standing.close();
      signIn.close();
      postures.host.close();
      workstations.close();
      sessions.close();
      enrolment.close();
      commissioning.close();
      const ended = transfers.close();
      tunnel.close();
      await ended;
    },
  };
}

/** The workstations' posture, and that of the machine on which this gateway runs. */
function makePostures(
  context: DeskContext,
  { configuration, hostRoot }: Pick<Storage, 'configuration' | 'hostRoot'>,
  onHostChanged: () => void,
): Postures {
  const { demo, posture } = configuration;
  const clamdSocket = posture?.kind === 'required' ? posture.clamdSocket : undefined;
  const machine = { root: hostRoot, ...(clamdSocket === undefined ? {} : { clamdSocket }) };
  return new Postures(context, {
    policy: posturePolicyOf(demo, posture),
    readHost: async () => await readPosture(machine),
    onHostChanged,
  });
}

function onlyCertificate(pem: string): Uint8Array {
  const [der] = decodePEM('CERTIFICATE', pem);
  if (der === undefined) throw new TypeError('The authority gives the root of its workstations.');
  return der;
}

/** Whether an account allows the role that works on carts; null allows whatever the directory says. */
function worksOnCarts(roles: readonly Role[] | null): boolean {
  return roles === null || roles.includes('technician');
}

/** Who holds a remote session now, by their accounts. */
async function holdersOf(
  sessions: RemoteSessions,
  signIn: SignIn,
): Promise<readonly PersonAtWork[]> {
  const holders: PersonAtWork[] = [];
  for (const { session } of sessions.running()) {
    const account = await signIn.accounts.byId(session.technician);
    if (account === null) continue;
    const { directoryLogin, id: technicianId } = account;
    holders.push({ directoryLogin, technicianId });
  }
  return holders;
}

/** A case that was opened or resolved changes what its cart shows. */
function followCases(
  events: Events,
  cases: ServiceCases,
  sessions: RemoteSessions,
  log: Log,
): void {
  events.listen((event) => {
    if (event.type !== 'case') return;
    void cases.store
      .find(event.case)
      .then(async (found) => {
        if (found !== null) await sessions.caseChanged(found.cart);
      })
      .catch((fault: unknown) => log.warn({ err: fault }, 'a cart could not be shown its case'));
  });
}
