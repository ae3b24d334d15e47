/** What this program asks of the gateway. @see docs/protocol.md, section 10 */
import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import {
  connectingCertificate,
  ownWorkstation,
  programLicence,
} from '@chaperone/protocol/console-api/workstation.ts';
import type { OwnWorkstation } from '@chaperone/protocol/console-api/workstation.ts';
import { postureAnswer } from '@chaperone/protocol/console-api/workstation-posture.ts';
import type { PostureAnswer } from '@chaperone/protocol/console-api/workstation-posture.ts';
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { encodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { readIssued } from '../identity/issued.ts';
import type { Issued } from '../identity/issued.ts';
import type { Identity } from '../identity/identity.ts';
import { ask } from './gateway.ts';
import { GatewayAnswerRefused } from './gateway-error.ts';

/** Redeems a licence code for the program's first certificate. @param request PKCS#10 */
export async function redeem(
  { gateway, browserRoot }: Pick<Identity, 'gateway' | 'browserRoot'>,
  code: LicenceCode,
  request: Uint8Array,
  publicKey: KeyObject,
  signal: AbortSignal,
): Promise<{ readonly label: string; readonly chain: readonly string[]; readonly issued: Issued }> {
  const body = { licenceCode: code, csr: encodeBase64(request) };
  const path = '/api/workstation/enrol';
  const sent = { gateway, browserRoot, method: 'POST', path, body, signal } as const;
  const { chain, label } = await ask(sent, programLicence);
  return { label, chain, issued: readOwn(chain, publicKey) };
}

/** Gets a certificate for another key of this workstation. @param request PKCS#10 */
export async function certify(
  identity: Identity,
  use: 'program' | 'browser',
  request: Uint8Array,
  publicKey: KeyObject,
  signal: AbortSignal,
): Promise<{ readonly chain: readonly string[]; readonly issued: Issued }> {
  const body = { use, csr: encodeBase64(request) };
  const path = '/api/workstation/certificate';
  const sent = { ...shownOf(identity), method: 'POST', path, body, signal } as const;
  const { chain } = await ask(sent, connectingCertificate);
  const issued = readOwn(chain, publicKey);
  if (issued.workstation !== identity.workstation)
    throw new GatewayAnswerRefused('its certificate is for another workstation');
  return { chain, issued };
}

/** Asks what the gateway knows of this workstation. */
export async function askAboutMe(identity: Identity, signal: AbortSignal): Promise<OwnWorkstation> {
  const path = '/api/workstation';
  return await ask({ ...shownOf(identity), method: 'GET', path, signal }, ownWorkstation);
}

/** Sends a signed report of how current this computer is. @returns what the gateway makes of it */
export async function sendReport(
  identity: Identity,
  report: string,
  signal: AbortSignal,
): Promise<PostureAnswer['judgement']> {
  const path = '/api/workstation/posture';
  const sent = { ...shownOf(identity), method: 'POST', path, body: { report }, signal } as const;
  return (await ask(sent, postureAnswer)).judgement;
}

function shownOf({ gateway, browserRoot, key, certificate }: Identity) {
  return { gateway, browserRoot, shown: { key, certificate } };
}

function readOwn(chain: readonly string[], key: KeyObject): Issued {
  const issued = readIssued(chain, 'peer');
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  if (issued.keyThumbprint !== keyThumbprint(publicKey))
    throw new GatewayAnswerRefused('its certificate is for another key');
  return issued;
}
