/** Test support: licenses a workstation as its program does, over TLS: three keys, each with a certificate of its own. */
import type { webcrypto } from 'node:crypto';
import { parseId } from '@chaperone/domain/id/id.ts';
import { makeSigningKeyProof } from '@chaperone/protocol/x509/workstation-proof.ts';
import { exportJWK } from 'jose';
import { newConnectingKey, shownBy } from '../../authority/testing/workstation-keys.ts';
import type { ConnectingKey, Shown } from '../../authority/testing/workstation-keys.ts';
import type { Answer, AskOptions } from './answer.ts';

/** Somebody who can ask a console, showing what is in `tls`. */
export interface Asking {
  tls: { readonly ca?: string; readonly key?: string; readonly cert?: string };
  ask(method: string, target: string, options?: AskOptions): Promise<Answer>;
}

export interface LicensedWorkstation {
  readonly workstation: string;
  readonly program: Shown;
  readonly browser: Shown;
  readonly keys: webcrypto.CryptoKeyPair;
  /** Of the signing key; DER, base64. */
  readonly chain: readonly string[];
}

interface Certified {
  readonly workstation: string;
  readonly chain: readonly string[];
}

/** Redeems a code and gets all three certificates; `asking.tls` is as it was afterwards. */
export async function licenseOverTLS(asking: Asking, code: string): Promise<LicensedWorkstation> {
  const before = asking.tls;
  const key = await newConnectingKey();
  const enrolled = await certified(asking, 'enrol', { licenceCode: code, csr: base64Of(key) });
  const program = shownBy(key, leafOf(enrolled));
  const { workstation } = enrolled;
  try {
    asking.tls = { ...before, ...program };
    const own = await newConnectingKey();
    const forBrowser = { use: 'browser', csr: base64Of(own) };
    const browser = shownBy(own, leafOf(await certified(asking, 'certificate', forBrowser)));
    asking.tls = { ...before, ...browser };
    const signing = await newSigningKey(asking, workstation);
    return { workstation, program, browser, ...signing };
  } finally {
    asking.tls = before;
  }
}

/** Makes a key as the console does and gets its certificate. */
export async function newSigningKey(
  asking: Asking,
  workstation: string,
): Promise<Pick<LicensedWorkstation, 'chain' | 'keys'>> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ]);
  const { kty, crv, x, y } = await exportJWK(keys.publicKey);
  const proof = await makeSigningKeyProof(keys, parseId('workstation', workstation), Date.now());
  const { chain } = await certified(asking, 'signing-key', { jwk: { kty, crv, x, y }, proof });
  return { keys, chain };
}

/** @throws Error with the refusal */
async function certified(asking: Asking, what: string, body: object): Promise<Certified> {
  const {
    status,
    text,
    body: answer,
  } = await asking.ask('POST', `/api/workstation/${what}`, { body });
  if (status !== 200) throw new Error(`${what}: ${status} ${text}`);
  return answer as unknown as Certified;
}

export function base64Of({ request }: Pick<ConnectingKey, 'request'>): string {
  return Buffer.from(request).toString('base64');
}

export function leafOf({ chain: [leaf] }: Pick<Certified, 'chain'>): Uint8Array {
  return Buffer.from(leaf ?? '', 'base64');
}
