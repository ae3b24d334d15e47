/** What the tunnel is given: who the cart is, where the gateway is, and the features that it opens to the desk. */
import type { CartSerial, RandomBytes } from '@chaperone/domain/id/id.ts';
import type { JournalPage } from '@chaperone/protocol/cart-api/schema.ts';
import type { CartEvidence } from '../evidence/evidence.ts';
import type { Files } from '../files/files.ts';
import type { IndicatorRegion } from '../indicator/indicator.ts';
import type { Log } from '../platform/log.ts';
import type { RoadSettings } from '../road/road.ts';
import type { ScreenSource } from '../screen/screen.ts';
import type { PanelPresence, Session } from '../session/session.ts';
import type { Unmasking } from '../unmask/unmask.ts';
import type { Watching } from '../watching/watching.ts';

export interface TunnelOptions {
  readonly session: Session;
  readonly files: Files;
  readonly evidence: CartEvidence;
  readonly presence: PanelPresence;
  /** Where the cart's display says that somebody is in: no injected input may go there. */
  readonly indicator: { regions(): readonly IndicatorRegion[] };
  readonly screenSource: ScreenSource;
  /** What of the screen is covered, and what the operator lets be seen. */
  readonly unmasking: Unmasking;
  /** Who watches beside who holds the session. */
  readonly watching: Watching;
  /** Combinations of keys that never reach it. */
  readonly blockedKeys: readonly string[];
  /** Lines of the cart's journal from an index on, with a signed head over all of it. */
  readonly journalPage: (from: number) => Promise<JournalPage>;
  readonly identity: {
    readonly serial: CartSerial;
    readonly model: string;
    readonly software: string;
    readonly keyThumbprint: string;
    /** DER of the pinned root of workstations. */
    readonly workstationAuthority: Uint8Array;
  };
  /** Where the gateway is, and the road to it: asked at each dialling, since an engineer may set it anew at any time. */
  readonly roadSettings: () => Promise<RoadSettings>;
  readonly dialling: {
    readonly certificatePem: string;
    /** Secret. */
    readonly keyPem: string;
    readonly cartRootPem: string;
  };
  /** Asks the gateway in a way that nobody else can answer whether it refuses this cart; no answer is no refusal. Never throws. */
  readonly isRefused: (signal: AbortSignal) => Promise<boolean>;
  readonly randomBytes: RandomBytes;
  readonly monotonicMs: () => number;
  readonly utcMs: () => number;
  readonly log: Log;
}
