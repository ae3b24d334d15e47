/** What the ledger keeps of refused sign-ins: one entry each, or in a flood of them how many there were. */
export type SignInRefusalFact =
  | {
      readonly kind: 'sign-in-refused';
      readonly step: 'directory' | 'gateway';
      readonly workstationId: string | null;
      readonly code: string;
    }
  | {
      /** Refusals of one kind that came faster than they are written one by one. */
      readonly kind: 'sign-ins-refused';
      readonly step: 'directory' | 'gateway';
      /** Null for those without a licensed workstation, and when too many workstations are refused at once. */
      readonly workstationId: string | null;
      readonly code: string;
      readonly count: number;
    };
