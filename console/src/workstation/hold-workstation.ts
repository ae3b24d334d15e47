/**
 * Holds this browser's signing identity: where the desk knows the workstation by its TLS certificate, the key is made and
 * certified without anybody typing anything, and renewed in time. In a demo without TLS a licence code is typed instead.
 */
import { parseId } from '@chaperone/domain/id/id.ts';
import { RENEWAL_FROM } from '@chaperone/protocol/console-api/workstation.ts';
import { makeSigningKeyProof } from '@chaperone/protocol/x509/workstation-proof.ts';
import { base64url } from 'jose';
import { desk } from '../api/desk.ts';
import { keepWorkstation, readWorkstation } from './kept-workstation.ts';
import type { KeptWorkstation } from './kept-workstation.ts';

/** How long a page that stays open waits before it looks again, milliseconds. */
export const HOLD_EVERY_MS = 6 * 60 * 60_000;

/**
 * Gives the identity that this browser signs with; null where a licence code has to be typed.
 * @throws DeskProblem when there is none and none can be had
 */
export async function holdWorkstation(): Promise<KeptWorkstation | null> {
  const kept = await readWorkstation();
  const { demoParts } = await desk.about();
  if (demoParts.includes('workstation-certificate')) return kept;
  const { workstation, signingKeys } = await desk.ownWorkstation();
  const isOwn = kept?.id === workstation && signingKeys.includes(kept.keyThumbprint ?? '');
  if (isOwn && Date.now() < renewFromOf(kept)) return kept;
  try {
    return await newSigningKey(workstation);
  } catch (fault) {
    // It is renewed long before it ends: there will be another time.
    if (isOwn && Date.now() < kept.expiresUtcMs) return kept;
    throw fault;
  }
}

async function newSigningKey(workstation: string): Promise<KeptWorkstation> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
  const spki = await crypto.subtle.exportKey('spki', keys.publicKey);
  const beganUtcMs = Date.now();
  const { chain, expiresUtcMs } = await desk.certifySigningKey({
    jwk: { kty, crv, x, y },
    proof: await makeSigningKeyProof(keys, parseId('workstation', workstation), beganUtcMs),
  });
  const made = {
    id: workstation,
    privateKey: keys.privateKey,
    keyThumbprint: base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', spki))),
    chain,
    beganUtcMs,
    expiresUtcMs,
  };
  await keepWorkstation(made);
  return made;
}

function renewFromOf({ beganUtcMs = 0, expiresUtcMs }: KeptWorkstation): number {
  return beganUtcMs + (expiresUtcMs - beganUtcMs) * RENEWAL_FROM;
}
