/** What the portal's addresses are given: whom the gate let in, and the parts that they ask. */
import type { FastifyRequest } from 'fastify';
import type { AdmittedOfficer } from '../../authority/contract.ts';
import type { Ledger } from '../../ledger/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { FacilityAccounts, LedgerFace } from '../contract.ts';
import type { PageSetting, ShownPHI } from '../pages/pages.ts';
import type { SignIns } from '../sign-in/sign-in.ts';

/** Whom the gate let in; set before a route's own code runs. */
export interface Asked {
  readonly officer: AdmittedOfficer;
  readonly setting: PageSetting;
  readonly isIn: boolean;
  /** Of the officer's facility, and of no other. */
  readonly accounts: FacilityAccounts;
}

export interface RouteParts {
  readonly signIns: SignIns;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly face: LedgerFace;
  /** The service centre's policy on patient data. */
  readonly phi: ShownPHI;
  readonly clock: Clock;
  readonly askedOf: (request: FastifyRequest) => Asked;
  /** @throws PortalRequestsTooMany */
  readonly passGathering: (officer: AdmittedOfficer) => void;
}
