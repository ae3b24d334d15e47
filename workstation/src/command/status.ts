/** Looks at everything that this workstation has and at what the gateway says of it, and changes nothing. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { loadBrowserRecord } from '../browser/browser-record.ts';
import type { BrowserRecord } from '../browser/browser-record.ts';
import { storeOf } from '../browser/choose-browser.ts';
import { missingPolicies } from '../browser/selection-policy.ts';
import { askAboutMe } from '../gateway/routes.ts';
import { loadIdentity } from '../identity/identity.ts';
import type { Identity } from '../identity/identity.ts';
import { NotEnrolled } from '../identity/identity-error.ts';
import { isRenewalDue, renewalFromMs } from '../identity/renewal-due.ts';
import type { Life } from '../identity/renewal-due.ts';
import { adviceOf } from './advice.ts';
import type { BrowserState, CertificateState, Status, Trouble } from './workstation-state.ts';

export interface StatusOptions {
  readonly directory: string;
  readonly storePasswordFile?: string | undefined;
  readonly policyFolders?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** UTC. */
  readonly nowMs?: () => number;
}

/** @throws the signal's reason; whatever else is wrong is part of the status */
export async function status(options: StatusOptions): Promise<Status> {
  const { directory, signal } = options;
  const nowMs = options.nowMs?.() ?? Date.now();
  const identity = await attempt(async () => await loadIdentity(directory));
  const browser = await attempt(async () => await browserState(options, nowMs));
  const held = identity.result;
  const gateway =
    held === null || nowMs > held.notAfterMs
      ? { result: null, trouble: null }
      : await attempt(async () => await askAboutMe(held, signal));
  signal.throwIfAborted();
  const seen = {
    enrolled: held === null ? null : enrolledOf(held, nowMs),
    browser: browser.result,
    atGateway: gateway.result,
    trouble: {
      identity: identity.trouble,
      browser: browser.trouble,
      gateway: gateway.trouble,
    },
  };
  return { ...seen, ...adviceOf(seen) };
}

function enrolledOf(identity: Identity, nowMs: number) {
  const { workstation, label, gateway } = identity;
  return { workstation, label, gateway, certificate: certificateState(identity, nowMs) };
}

async function browserState(options: StatusOptions, nowMs: number): Promise<BrowserState | null> {
  const record = await loadBrowserRecord(options.directory);
  if (record === null) return null;
  const { kind, place, current, gateway, issuerName } = record;
  const policiesMissing =
    kind === 'chromium' && issuerName !== null
      ? await missingPolicies(gateway, issuerName, options.policyFolders)
      : [];
  const certificate = current === null ? null : certificateState(current, nowMs);
  return { kind, place, certificate, inStore: await inStore(options, record), policiesMissing };
}

async function inStore(
  { storePasswordFile }: StatusOptions,
  record: BrowserRecord,
): Promise<BrowserState['inStore']> {
  const store = storeOf(record, storePasswordFile);
  if (store === null) return 'unknown';
  const { current } = record;
  if (current === null || !(await store.exists())) return 'missing';
  const keys = await store.keys();
  return keys.some(({ nickname }) => nickname === current.nickname) ? 'present' : 'missing';
}

function certificateState(life: Life, nowMs: number): CertificateState {
  const { notAfterMs } = life;
  const state = nowMs > notAfterMs ? 'ended' : isRenewalDue(life, nowMs) ? 'due' : 'in-force';
  return { expiresUtcMs: notAfterMs, renewFromUtcMs: renewalFromMs(life), state };
}

async function attempt<T>(
  act: () => Promise<T>,
): Promise<{ readonly result: T | null; readonly trouble: Trouble | null }> {
  try {
    return { result: await act(), trouble: null };
  } catch (fault) {
    if (fault instanceof NotEnrolled) return { result: null, trouble: null };
    if (!(fault instanceof DomainError)) throw fault;
    return { result: null, trouble: { code: fault.code, sentence: fault.message } };
  }
}
