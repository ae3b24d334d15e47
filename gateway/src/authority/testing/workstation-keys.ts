/** Test support: the keys of a workstation, and what it gets for them from an authority or a console. */
import type { KeyObject } from 'node:crypto';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { makeKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';

/** A TLS key with the request for its certificate. */
export interface ConnectingKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PKCS#8, PEM. */
  readonly keyPEM: string;
  /** PKCS#10, DER. */
  readonly request: Uint8Array;
}

export async function newConnectingKey(): Promise<ConnectingKey> {
  const { privateKey, publicKey } = await newKeyPair('p256-sha256');
  const keyPEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const request = makeKeyCertificationRequest('workstation', privateKey);
  return { privateKey, publicKey, keyPEM, request };
}

/** What a TLS client shows. */
export interface Shown {
  readonly key: string;
  readonly cert: string;
}

/** @param leaf DER */
export function shownBy(
  { keyPEM }: Pick<ConnectingKey, 'keyPEM'>,
  leaf: Uint8Array | undefined,
): Shown {
  return { key: keyPEM, cert: encodePEM('CERTIFICATE', leaf ?? new Uint8Array()) };
}
