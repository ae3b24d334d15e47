/**
 * Test support: a security key in software that does what it is told, also what no real key and no browser would do:
 * sign for another origin, for an old challenge, count backwards.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const IS_PRESENT = 0x01;
const IS_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

export interface Asked {
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
}

export class SoftAuthenticator {
  readonly id = randomBytes(32).toString('base64url');
  readonly #key: KeyObject;
  readonly #publicKey: Buffer;
  /** The next answer's signature counter. */
  counter = 1;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    // COSE_Key {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1.1)
    this.#publicKey = Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
      Buffer.from(x, 'base64url'),
      Buffer.from([0x22, 0x58, 0x20]),
      Buffer.from(y, 'base64url'),
    ]);
  }

  /** Answers `navigator.credentials.create`. */
  register(asked: Asked) {
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, id, this.#publicKey]);
    const authData = this.#data(asked, IS_PRESENT | IS_VERIFIED | HAS_CREDENTIAL, credential);
    const size = Buffer.alloc(2);
    size.writeUInt16BE(authData.length);
    // {"fmt": "none", "attStmt": {}, "authData": bytes}
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3, 0x63]),
      Buffer.from('fmt'),
      Buffer.from([0x64]),
      Buffer.from('none'),
      Buffer.from([0x67]),
      Buffer.from('attStmt'),
      Buffer.from([0xa0, 0x68]),
      Buffer.from('authData'),
      Buffer.from([0x59]),
      size,
      authData,
    ]).toString('base64url');
    const clientDataJSON = collectedData('webauthn.create', asked).toString('base64url');
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key' as const,
      response: { clientDataJSON, attestationObject },
      clientExtensionResults: {},
    };
  }

  /** Answers `navigator.credentials.get`. */
  assert(asked: Asked) {
    const authData = this.#data(asked, IS_PRESENT);
    const client = collectedData('webauthn.get', asked);
    const signed = Buffer.concat([authData, createHash('sha256').update(client).digest()]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key' as const,
      response: {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, this.#key).toString('base64url'),
      },
      clientExtensionResults: {},
    };
  }

  #data({ rpId }: Asked, flags: number, credential: Buffer = Buffer.alloc(0)): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    if (this.counter > 0) this.counter += 1;
    const party = createHash('sha256').update(rpId).digest();
    return Buffer.concat([party, Buffer.from([flags]), counter, credential]);
  }
}

function collectedData(type: string, { challenge, origin }: Asked): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}
