/** Facts about workstations at the console's door. */
import type { TechnicianId } from '../id/id.ts';

export type WorkstationFact =
  | {
      /** A cookie came with the certificate of another workstation than the one where it was given; it is ended. */
      readonly kind: 'sign-in-elsewhere';
      /** Null before the second gate. */
      readonly technicianId: TechnicianId | null;
      readonly workstationId: string;
      /** The workstation that showed it. */
      readonly elsewhereId: string;
    }
  | {
      /** A certificate that we have signed was shown and is not in force. Once in a while for each certificate. */
      readonly kind: 'workstation-refused';
      readonly workstationId: string;
      readonly certificateSerial: string;
      /** `expired`, `retired` or `foreign`. */
      readonly code: string;
    };
