/**
 * The virus scanner of a gateway: a clamd on this machine, and our own look into archives (decision 0027).
 *
 * Its life is that of the gateway; it keeps nothing of what it scans. It is not the rule of what is released.
 */
import type { HeldReason, ScanOutcome } from '@chaperone/domain/quarantine/quarantine.ts';
import { Meter, inspect } from './archive/archive.ts';
import type { ArchiveLimits, Finding, PartScan } from './archive/archive.ts';
import { Clamd } from './clamd/clamd.ts';
import type { ClamdAddress, ScanStream, StreamEnd } from './clamd/clamd.ts';
import type { Antivirus, ScanSource, ScannerState } from './contract.ts';

export type { ClamdAddress } from './clamd/clamd.ts';

export interface AntivirusSettings {
  readonly address: ClamdAddress;
  /** Bytes of a content, and of each part in it, that are scanned; what is larger is not. */
  readonly bytesMax: number;
  /** Milliseconds for one content and everything in it. */
  readonly scanMsMax: number;
  readonly archive: Omit<ArchiveLimits, 'entryBytesMax'>;
  /** Told when clamd looks through less than `bytesMax`, so that somebody sees to its configuration. */
  readonly onLimit: (bytes: number) => void;
}

/** Makes the scanner; clamd need not run yet. */
export function makeAntivirus(settings: AntivirusSettings): Antivirus {
  return new ClamdAntivirus(settings);
}

class ClamdAntivirus implements Antivirus {
  readonly #settings: AntivirusSettings;
  readonly #clamd: Clamd;

  constructor(settings: AntivirusSettings) {
    this.#settings = settings;
    this.#clamd = new Clamd(settings.address, settings.bytesMax, settings.onLimit);
  }

  async state(): Promise<ScannerState> {
    return await this.#clamd.state();
  }

  async scan(source: ScanSource, signal: AbortSignal): Promise<ScanOutcome> {
    const deadline = AbortSignal.timeout(this.#settings.scanMsMax);
    const both = AbortSignal.any([signal, deadline]);
    const before = await this.#clamd.state();
    if (!before.isReachable) return notScanned('scanner-unreachable');
    const { definitions } = before;
    const bytesMax = await this.#clamd.bytesLookedThrough(definitions, both);
    if (deadline.aborted) return notScanned('scan-timed-out', before);
    if (bytesMax === null) return notScanned('scanner-unreachable', before);
    if (bytesMax === 0) return notScanned('scanner-refused', before);
    const finding = await this.#find(source, bytesMax, both, deadline);
    const after = await this.#clamd.state();
    if (finding?.verdict === 'infected')
      return { ...finding, after: after.isReachable ? after.definitions : null };
    if (finding !== null) return notScanned(finding.reason, after);
    if (!after.isReachable) return notScanned('scanner-unreachable', before);
    return { verdict: 'clean', before: definitions, after: after.definitions };
  }

  async #find(
    source: ScanSource,
    bytesMax: number,
    signal: AbortSignal,
    deadline: AbortSignal,
  ): Promise<Finding> {
    const limits = { ...this.#settings.archive, entryBytesMax: bytesMax };
    const meter = new Meter(limits, source.bytes);
    const openScan = async (): Promise<PartScan> =>
      partScan(await this.#clamd.open(signal), () => this.#clamd.doubt());
    try {
      const finding = await inspect(source, { meter, signal, openScan });
      if (finding?.verdict === 'infected' || !deadline.aborted) return finding;
    } catch (fault) {
      if (!deadline.aborted) throw fault;
    }
    return { verdict: 'not-scanned', reason: 'scan-timed-out' };
  }
}

/** A stream to clamd, with its answer as a finding. */
function partScan(stream: ScanStream, onGone: () => void): PartScan {
  return {
    get isOver() {
      return stream.isOver;
    },
    write: async (bytes) => await stream.write(bytes),
    end: async () => {
      const end = await stream.end();
      if (end.kind === 'gone' || end.kind === 'too-large') onGone();
      return findingOf(end);
    },
    abort: () => stream.abort(),
  };
}

function findingOf(end: StreamEnd): Finding {
  if (end.kind === 'nothing-found') return null;
  if (end.kind === 'found') return { verdict: 'infected', signature: end.signature };
  return { verdict: 'not-scanned', reason: REASONS[end.kind] };
}

const REASONS: Readonly<Record<Exclude<StreamEnd['kind'], 'nothing-found' | 'found'>, HeldReason>> =
  {
    limit: 'archive-limit',
    encrypted: 'archive-encrypted',
    'too-large': 'too-large',
    refused: 'scanner-refused',
    gone: 'scanner-unreachable',
  };

function notScanned(reason: HeldReason, state?: ScannerState): ScanOutcome {
  const after = state?.isReachable === true ? state.definitions : null;
  return { verdict: 'not-scanned', reason, after };
}
