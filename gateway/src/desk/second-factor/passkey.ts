/**
 * Passkeys and security keys: WebAuthn Level 2, registration and authentication of one credential.
 *
 * The key signs the console's own origin and the challenge of this half sign-in, so what a page elsewhere obtained is of no
 * use here. User verification is preferred, not required: a password came before. Attestation is not asked for: whose
 * make a key is decides nothing.
 */
import { isIP } from 'node:net';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import { SecondFactorRefused } from './second-factor-error.ts';

/** How long a person may take with a key, milliseconds. */
const TIMEOUT_MS = 120_000;
/** EdDSA, ES256 and RS256 (COSE): what keys have, and what Node verifies without an experiment. */
const ALGORITHMS = [-8, -7, -257];

/** The console as the browser's address line names it; the name was compared with the configuration's before. */
export interface RelyingParty {
  /** Host name, without a port. */
  readonly id: string;
  /** Such as `https://console.example:8443`. */
  readonly origin: string;
}

export interface Passkey {
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  readonly counter: number;
}

/** Tells whether there are passkeys under this name: there are none for an address (WebAuthn §5.1.3, "effective domain"). */
export function takesPasskeys({ id }: RelyingParty): boolean {
  return isIP(id.replace(/^\[(.*)\]$/, '$1')) === 0;
}

export async function registrationOptions(terms: {
  readonly party: RelyingParty;
  readonly partyName: string;
  readonly account: {
    readonly id: TechnicianId;
    readonly accountName: string;
    readonly name: string;
  };
  readonly challenge: Uint8Array;
}): Promise<object> {
  const { party, partyName, account, challenge } = terms;
  return await generateRegistrationOptions({
    rpName: partyName,
    rpID: party.id,
    userID: bytesOf(Buffer.from(account.id)),
    userName: account.accountName,
    userDisplayName: account.name,
    challenge: bytesOf(challenge),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
  });
}

/** Checks a new credential. @throws SecondFactorRefused */
export async function registered(
  response: object,
  party: RelyingParty,
  challenge: string,
): Promise<Passkey> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) throw new SecondFactorRefused();
    const { id, publicKey, counter } = registrationInfo.credential;
    return {
      credentialId: id,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      counter,
    };
  } catch (cause) {
    throw new SecondFactorRefused({ cause });
  }
}

export async function authenticationOptions(
  party: RelyingParty,
  credentialId: string,
  challenge: Uint8Array,
): Promise<object> {
  return await generateAuthenticationOptions({
    rpID: party.id,
    allowCredentials: [{ id: credentialId }],
    challenge: bytesOf(challenge),
    timeout: TIMEOUT_MS,
    userVerification: 'preferred',
  });
}

/** Checks an answer's signature and what it signs. @returns its counter, which the caller compares @throws SecondFactorRefused */
export async function authenticated(
  response: object,
  party: RelyingParty,
  challenge: string,
  passkey: Passkey,
): Promise<number> {
  // The library takes the key that it is given, whatever the answer calls it.
  if (!('id' in response) || response.id !== passkey.credentialId) throw new SecondFactorRefused();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: {
        id: passkey.credentialId,
        publicKey: bytesOf(Buffer.from(passkey.publicKey, 'base64url')),
        // Compared by the caller, in the database: the library's own error would look like any other.
        counter: 0,
      },
      requireUserVerification: false,
    });
    if (!verified) throw new SecondFactorRefused();
    return authenticationInfo.newCounter;
  } catch (cause) {
    throw new SecondFactorRefused({ cause });
  }
}

function bytesOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
