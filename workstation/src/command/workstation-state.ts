/** What `status` found, part by part. */
import type { OwnWorkstation } from '@chaperone/protocol/console-api/workstation.ts';
import type { BrowserKind } from '../browser/browser-record.ts';

/** One certificate's life. UTC milliseconds. */
export interface CertificateState {
  readonly expiresUtcMs: number;
  readonly renewFromUtcMs: number;
  readonly state: 'in-force' | 'due' | 'ended';
}

export interface BrowserState {
  readonly kind: BrowserKind;
  readonly place: string | null;
  readonly certificate: CertificateState | null;
  /** `missing`: the record speaks of a certificate that is not in the store. `unknown`: a PKCS#12 file is elsewhere. */
  readonly inStore: 'present' | 'missing' | 'unknown';
  /** Policy files that are not as they should be. */
  readonly policiesMissing: readonly string[];
}

/** A refusal or a failure, as its stable code and its sentence. */
export interface Trouble {
  readonly code: string;
  readonly sentence: string;
}

export interface Seen {
  readonly enrolled: {
    readonly workstation: string;
    readonly label: string;
    readonly gateway: string;
    readonly certificate: CertificateState;
  } | null;
  readonly browser: BrowserState | null;
  /** What the gateway says of this workstation; null when it was not asked or did not answer. */
  readonly atGateway: OwnWorkstation | null;
  readonly trouble: {
    readonly identity: Trouble | null;
    readonly browser: Trouble | null;
    readonly gateway: Trouble | null;
  };
}

export interface Advice {
  /** What to do, in one sentence. */
  readonly advice: string;
  /** Whether there is nothing to do. */
  readonly isWell: boolean;
}

export type Status = Seen & Advice;
