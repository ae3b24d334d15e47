/** The doors behind commissioning, as it needs them: the composition ties the features to them. */
import type { ChangeProof } from '@chaperone/domain/network/network-change.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import type { AnchorsFloor } from '@chaperone/protocol/est/licence-file.ts';
import type { AcceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type {
  Validation,
  ValidationStepReport,
} from '@chaperone/protocol/commissioning/validation.ts';
import type {
  EngineerState,
  gatewayAddress,
  networkChange,
  NetworkInterface,
  wifiScan,
} from '@chaperone/protocol/panel-api/engineer.ts';
import type { z } from 'zod';

export type GatewayAddress = z.infer<typeof gatewayAddress>;
export type NetworkChange = z.infer<typeof networkChange>;
export type WiFiScan = z.infer<typeof wifiScan>;

/** The site's settings as they are in force: with the configuration's in place of what is not set. */
export interface SiteInForce {
  readonly gateway: GatewayAddress;
  readonly proxy: ProxySettings;
}

export interface NetworkPart {
  interfaces(): Promise<readonly NetworkInterface[]>;
  /** Judges a profile, and touches nothing. @throws when it cannot be used */
  admit(name: string, profile: NetworkProfile): Promise<void>;
  /** Settles when the profile is kept. @throws when it cannot be used, or was rolled back */
  apply(name: string, profile: NetworkProfile, proof: ChangeProof): Promise<void>;
  /** Takes back what is being tried; settles when the settings before are in force again. */
  withdraw(): Promise<void>;
  scan(name: string): Promise<WiFiScan>;
  change(): NetworkChange | null;
  onChange(listener: () => void): () => void;
}

export interface ValidatePart {
  (options: {
    readonly site: SiteInForce;
    readonly idleSeconds: number;
    readonly onStep: (step: ValidationStepReport) => void;
    readonly signal: AbortSignal;
  }): Promise<Validation>;
}

/** The policy of this cart's facility. */
export interface FacilityPart {
  /** @throws FacilityKeyMalformed, FacilityKeyMismatch */
  setKey(publicKeyPem: string, fingerprint: string): Promise<void>;
  removeKey(): Promise<void>;
  /** @returns its version @throws why it is not taken */
  install(jws: string): Promise<number>;
  setApproverPin(approverId: string, pin: string): Promise<void>;
  readonly shown: object | null;
}

/** A report that was signed just now, and what became of it. */
export interface SignedReport {
  readonly file: AcceptanceFile;
  /** `waiting`: it is sent again by itself. `refused`: the gateway will never take it. */
  readonly became: 'received' | 'waiting' | 'refused';
  /** Why, in the gateway's words; null unless it was refused. */
  readonly refusal: { readonly code: string; readonly said: string | null } | null;
}

export interface AcceptancePart {
  /** Signs a report, keeps it, sends it when the gateway is reachable, and tells what became of it. */
  accept(options: {
    readonly site: SiteInForce;
    readonly facility: string;
    readonly acceptedBy: string;
    readonly validation: Validation;
    readonly interfaces: readonly NetworkInterface[];
  }): Promise<SignedReport>;
  newest(): Promise<AcceptanceFile | null>;
  summary(
    present: PresentSite,
  ): Promise<Pick<EngineerState, 'report' | 'reportTrouble' | 'reportRefusal'>>;
  page(file: AcceptanceFile): Promise<string>;
  /** Of the report while it is about the present site, otherwise of what is known without one. */
  firewall(present: PresentSite, language: Language): Promise<string>;
}

/** A site as it is now: what a report is held against, and what is known without one. */
export interface PresentSite {
  readonly site: SiteInForce;
  readonly interfaces: readonly NetworkInterface[];
  /** The one that counts; null: none since the last change. */
  readonly validation: Validation | null;
  readonly isValidating: boolean;
}

/** What a licence says, typed or from a file, before it is redeemed. */
export interface LicenceToRedeem {
  /** As typed. */
  readonly code: string;
  readonly rootFingerprint: string;
  /** Null: as the site says. */
  readonly gateway: GatewayAddress | null;
  /** The licence's id; null where it was typed, since no paper needs it. */
  readonly licence: string | null;
  /** What the root said when the file was made; null where it was typed. */
  readonly anchors?: AnchorsFloor | null;
  /** What waited before this one was entered over it, and waits again if this one is worth nothing. */
  readonly before?: LicenceToRedeem | null;
}

export interface LicencePart {
  enrolment(): Promise<EngineerState['enrolment']>;
  /** A licence that was entered, or put there at the depot, and waits for the network. @throws WaitingLicenceDamaged */
  waiting(): Promise<LicenceToRedeem | null>;
  keepWaiting(licence: LicenceToRedeem): Promise<void>;
  dropWaiting(): Promise<void>;
  /** Redeems; the identity is on the disk when it settles. */
  redeem(options: {
    readonly licence: LicenceToRedeem;
    readonly site: SiteInForce;
    readonly replace: boolean;
    readonly signal: AbortSignal;
    /** Called right before the code is sent: until then nothing is lost by breaking off. */
    readonly onSending: () => void;
    /** Called when all that makes the identity is there, before it is on the disk. */
    readonly onGranted: () => Promise<void>;
  }): Promise<{ readonly serial: string; readonly certificateSerial: string }>;
}
