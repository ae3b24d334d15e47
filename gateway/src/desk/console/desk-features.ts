/** The features of the desk that the console's API offers, handed in by the composition root. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { z } from 'zod';
import type { about } from '@chaperone/protocol/console-api/schema.ts';
import type { deskState } from '@chaperone/protocol/console-api/administration.ts';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { Authority, IssuedLicence } from '../../authority/contract.ts';
import type {
  AccountActs,
  AdministrationLists,
  Audit,
  CartList,
  EquipmentActs,
  LiveActs,
} from '../administration/administration.ts';
import type { Carts } from '../cart/cart.ts';
import type { AcceptanceReports } from '../commissioning/commissioning.ts';
import type { Deidentifications } from '../deidentification/deidentification.ts';
import type { Events } from '../events/events.ts';
import type { RecordExports } from '../export/export.ts';
import type { RecordViews } from '../record-view/record-view.ts';
import type { EvidenceOptions } from '../evidence/evidence.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { Postures } from '../posture/posture.ts';
import type { RecordScans } from '../quarantine/quarantine.ts';
import type { Screens } from '../screen/screen.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import type { SecondFactors } from '../second-factor/second-factor.ts';
import type { CaseAges, CaseFacilities, ServiceCases } from '../service-case/service-case.ts';
import type { RemoteSessions } from '../session/session.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { Proposals } from '../two-person/two-person.ts';
import type { Transfers } from '../transfer/transfer.ts';
import type { Uploads } from '../upload/upload.ts';
import type { Workstations } from '../workstation/workstation.ts';

export interface DeskFeatures {
  readonly context: DeskContext;
  readonly about: z.infer<typeof about>;
  readonly signIn: SignIn;
  readonly secondFactors: SecondFactors;
  readonly workstations: Workstations;
  readonly postures: Postures;
  readonly carts: Carts;
  readonly cases: ServiceCases;
  /** Which facility a new case is of. */
  readonly caseFacilities: CaseFacilities;
  readonly caseAges: CaseAges;
  readonly sessions: RemoteSessions;
  readonly screens: Screens;
  readonly snapshots: Snapshots;
  readonly transfers: Transfers;
  readonly uploads: Uploads;
  readonly recordExports: RecordExports;
  readonly deidentifications: Deidentifications;
  /** What is chosen for a new case, unless whoever opens it chooses. */
  readonly newCaseRule: DeidentificationRule;
  readonly scans: RecordScans;
  readonly recordViews: RecordViews;
  readonly events: Events;
  readonly evidence: EvidenceOptions;
  readonly administration: AdministrationLists;
  readonly cartList: CartList;
  readonly acceptanceReports: AcceptanceReports;
  readonly audit: Audit;
  readonly accountActs: AccountActs;
  readonly equipmentActs: EquipmentActs;
  readonly liveActs: LiveActs;
  readonly proposals: Proposals;
  readonly authority: Pick<Authority, 'workstationLabels' | 'cartLicence'>;
  /** Writes the file that a field engineer carries to a cart, and says with what it is compared there. */
  readonly licenceFileOf: (
    issued: IssuedLicence,
  ) => Promise<{ readonly file: string; readonly rootFingerprint: string }>;
  /** What the desk says of itself to everybody who is in. */
  readonly deskState: () => z.infer<typeof deskState>;
  readonly nameOf: (technician: TechnicianId) => string | null;
}
