/** Licenses this browser as a workstation: the key is made here and stays here. */
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { makeWorkstationProof } from '@chaperone/protocol/x509/workstation-proof.ts';
import { desk } from '../api/desk.ts';
import { keepWorkstation } from './kept-workstation.ts';
import type { KeptWorkstation } from './kept-workstation.ts';

/**
 * Redeems a one-time licence code.
 *
 * @param typedCode as typed or pasted; a typing error is found before the network is asked
 * @param label how administrators will know this computer
 * @throws MistypedLicenceCode, DeskProblem
 */
export async function enrolWorkstation(typedCode: string, label: string): Promise<KeptWorkstation> {
  const code = parseLicenceCode(typedCode);
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
  const licence = await desk.enrolWorkstation({
    licenceCode: code,
    label,
    jwk: { kty, crv, x, y },
    proof: await makeWorkstationProof(keys, code, Date.now()),
  });
  const kept = {
    id: licence.workstation,
    privateKey: keys.privateKey,
    chain: licence.chain,
    expiresUtcMs: licence.expiresUtcMs,
  };
  await keepWorkstation(kept);
  return kept;
}
