/**
 * A PKCS#12 file for a browser whose own store cannot be reached: key, certificate and chain under a pass-phrase.
 *
 * The key exists in this process only, until it is sealed. AES-256 and PBKDF2 as of RFC 8018; what older systems write
 * (RC2, 3DES, SHA-1) is refused by today's browsers and protects nothing. @see RFC 7292
 */
import { createPublicKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { makeKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { OpenSSLMissing } from '../browser/browser-error.ts';
import { ProgramMissing, runProgram } from '../platform/run-program.ts';
import { writeWholeFile } from '../platform/whole-file.ts';
import type { Issued } from './issued.ts';

/** OWASP's figure for PBKDF2 with HMAC-SHA-256, 2023. */
const ITERATIONS = 600_000;
const PASSPHRASE_GROUPS = 5;
const GROUP_CHARACTERS = 5;
/** Crockford's base32 in lower case: nothing in it is read as something else. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes a pass-phrase of 125 bits, in groups that can be typed. */
export function newPassphrase(): string {
  const groups: string[] = [];
  for (let group = 0; group < PASSPHRASE_GROUPS; group += 1) {
    let text = '';
    for (const byte of randomBytes(GROUP_CHARACTERS)) text += ALPHABET.charAt(byte & 31);
    groups.push(text);
  }
  return groups.join('-');
}

/** Makes sure that the program which writes such files is there. @throws OpenSSLMissing */
export async function checkPKCS12(): Promise<void> {
  await openssl(['version']);
}

/**
 * Makes a key, has it certified, and writes both to a file of its own.
 * @param certify has the gateway certify the key
 * @throws OpenSSLMissing, and what `certify` throws
 */
export async function makePKCS12(
  file: string,
  passphrase: string,
  certify: (request: Uint8Array, publicKey: KeyObject) => Promise<Issued>,
): Promise<Issued> {
  const { privateKey } = await newKeyPair('p256-sha256');
  const request = makeKeyCertificationRequest('Chaperone workstation', privateKey);
  const issued = await certify(request, createPublicKey(privateKey));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const name = `Chaperone ${issued.workstation}`;
  const bytes = await openssl(
    [
      ...['pkcs12', '-export', '-name', name, '-passout', 'fd:3'],
      ...['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-macalg', 'sha256'],
      ...['-iter', String(ITERATIONS)],
    ],
    `${key}${encodePEM('CERTIFICATE', issued.der)}`,
    passphrase,
  );
  await writeWholeFile(file, bytes);
  return issued;
}

async function openssl(
  args: readonly string[],
  input?: string,
  secret?: string,
): Promise<Uint8Array> {
  try {
    const given = {
      ...(input === undefined ? {} : { input }),
      ...(secret === undefined ? {} : { secret: `${secret}\n` }),
    };
    const { exitCode, output } = await runProgram('openssl', args, given);
    if (exitCode !== 0) throw new Error(`openssl ended with ${exitCode}`);
    return output;
  } catch (cause) {
    throw cause instanceof ProgramMissing ? new OpenSSLMissing({ cause }) : cause;
  }
}
