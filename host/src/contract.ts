/** What one kind of system has to tell. A kind is chosen by looking at the machine, never by configuration. */
import type { Posture } from '@chaperone/domain/posture/posture.ts';

/** The machine that is looked at. */
export interface Machine {
  /** The folder in the place of `/`: of a machine that runs it is `/` itself. */
  readonly root: string;
  /** Of Node's `process.platform`. */
  readonly platform: string;
  /** Where clamd listens, if not where its configuration says. */
  readonly clamdSocket?: string;
}

export interface SystemKind {
  /** Tells whether the machine is of this kind. */
  readonly isOf: (machine: Machine) => Promise<boolean>;
  /** Reads what can be known; what cannot is null. It does not throw because of what the machine holds. */
  readonly read: (machine: Machine) => Promise<Posture>;
}
