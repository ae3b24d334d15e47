/**
 * A logged-in session with one token, in the process that holds its module.
 *
 * It lives until something goes wrong: then the process ends, and the next one begins anew (`token.ts`).
 */
import { statSync } from 'node:fs';
import { spkiOf } from '@chaperone/protocol/x509/algorithm.ts';
import { CKA, CKF, CKM, CKR } from './cryptoki-constant.ts';
import { Cryptoki, CryptokiFault } from './cryptoki.ts';
import type { Attribute } from './cryptoki.ts';
import { TokenKeyUnfit, TokenUnusable } from './token-error.ts';
import {
  KEY_PAIR_MECHANISM,
  SIGNING_DEMANDS,
  keyAttributes,
  privateTemplate,
  publicTemplate,
  readPublicKey,
  unfitness,
} from './token-key.ts';
import type { Demand } from './token-key.ts';
import {
  SEALING_DEMANDS,
  sealingAttributes,
  sealingKeysOf,
  sealingTemplate,
} from './sealing-key.ts';
import type { SealRequest, TokenPlace, TokenRequest } from './token-message.ts';
import { mechanismFor, mechanismInput } from './token-signature.ts';
import { loginObstacle, pinFault } from './token-state.ts';

const DONE = new Uint8Array();
/** One is in use; a few more may have been left by crashes. */
const SEALING_KEYS_MAX = 256;

export class TokenSession {
  readonly #cryptoki: Cryptoki;
  readonly #slot: bigint;
  readonly #session: bigint;
  readonly #isWriteProtected: boolean;
  #writableSession: bigint | undefined;
  /** Private keys that were found and judged. */
  readonly #keys = new Map<string, bigint>();

  private constructor(cryptoki: Cryptoki, slot: bigint, session: bigint, flags: number) {
    this.#cryptoki = cryptoki;
    this.#slot = slot;
    this.#session = session;
    this.#isWriteProtected = (flags & CKF.CKF_WRITE_PROTECTED) !== 0;
  }

  /** Loads the module, finds the token and logs in. @throws TokenUnusable, CryptokiFault */
  static open(place: TokenPlace & { readonly pin: string }): TokenSession {
    const cryptoki = loadModule(place);
    const { slot, flags } = findToken(cryptoki, place);
    const obstacle = loginObstacle(flags, place.section);
    if (obstacle !== undefined) throw unusable(place, obstacle);
    const session = cryptoki.openSession(slot, { isWritable: false });
    if ((flags & CKF.CKF_LOGIN_REQUIRED) !== 0) {
      try {
        cryptoki.login(session, place.pin);
      } catch (cause) {
        const fault =
          cause instanceof CryptokiFault ? pinFault(cause.returned, place.section) : undefined;
        if (fault === undefined) throw cause;
        throw unusable(place, fault, cause);
      }
    }
    return new TokenSession(cryptoki, slot, session, flags);
  }

  /** Does what was asked. @throws TokenKeyUnfit, TokenUnusable, CryptokiFault */
  perform(request: Exclude<TokenRequest, { readonly kind: 'open' }>): Uint8Array {
    switch (request.kind) {
      case 'make':
        return this.#make(request);
      case 'check':
        this.#key(request.keyId);
        return DONE;
      case 'sign': {
        const { algorithm, digest } = request;
        const input = mechanismInput(algorithm, digest);
        const key = this.#key(request.keyId);
        return this.#cryptoki.sign(this.#session, key, mechanismFor(algorithm), input);
      }
      case 'remove':
        return this.#remove(request.keyId);
      case 'make-sealing-key':
        return this.#makeSealingKey(request);
      case 'seal':
      case 'unseal':
        return this.#seal(request.kind, request);
      case 'sealing-keys':
        return this.#sealingKeys(request.label);
      case 'remove-sealing-key':
        return this.#removeSealingKey(request.keyId);
    }
  }

  finalise(): void {
    this.#cryptoki.finalise();
  }

  #make({ keyKind, keyId, label }: Extract<TokenRequest, { readonly kind: 'make' }>): Uint8Array {
    const cryptoki = this.#cryptoki;
    const session = this.#writable();
    const pair = cryptoki.generateKeyPair(
      session,
      KEY_PAIR_MECHANISM[keyKind],
      publicTemplate(keyKind, keyId, label),
      privateTemplate(keyId, label),
    );
    this.#judge(keyId, pair.privateKey);
    return spkiOf(
      readPublicKey(keyKind, (type) => cryptoki.attribute(session, pair.publicKey, type)),
    );
  }

  #remove(keyId: string): Uint8Array {
    const session = this.#writable();
    for (const half of ['private', 'public'] as const) {
      const found = this.#cryptoki.find(session, keyAttributes(half, keyId), 2);
      for (const object of found) this.#cryptoki.destroy(session, object);
    }
    this.#keys.delete(keyId);
    return DONE;
  }

  #makeSealingKey({
    keyId,
    label,
  }: {
    readonly keyId: string;
    readonly label: string;
  }): Uint8Array {
    const template = sealingTemplate(keyId, label);
    const mechanism = { type: CKM.CKM_AES_KEY_GEN };
    const key = this.#cryptoki.generateKey(this.#writable(), mechanism, template);
    this.#judge(keyId, key, SEALING_DEMANDS);
    return DONE;
  }

  #seal(way: 'seal' | 'unseal', { keyId, nonce, label, bytes }: SealRequest): Uint8Array {
    const known = this.#keys.get(keyId);
    const key =
      known ?? this.#judge(keyId, this.#one(sealingAttributes(keyId), keyId), SEALING_DEMANDS);
    const terms = { nonce, label: Buffer.from(label), bytes };
    return this.#cryptoki.aesGCM(this.#session, key, way, terms);
  }

  #sealingKeys(label: string): Uint8Array {
    const found = this.#cryptoki.find(this.#session, sealingKeysOf(label), SEALING_KEYS_MAX);
    const ids = found.map((key) => this.#cryptoki.attribute(this.#session, key, CKA.CKA_ID));
    return Buffer.concat(ids);
  }

  #removeSealingKey(keyId: string): Uint8Array {
    const session = this.#writable();
    const found = this.#cryptoki.find(session, sealingAttributes(keyId), 2);
    for (const object of found) this.#cryptoki.destroy(session, object);
    this.#keys.delete(keyId);
    return DONE;
  }

  /** The login holds for all sessions of this process, so a second one may write. */
  #writable(): bigint {
    if (this.#isWriteProtected) throw new TokenUnusable('The token is write-protected.');
    this.#writableSession ??= this.#cryptoki.openSession(this.#slot, { isWritable: true });
    return this.#writableSession;
  }

  #key(keyId: string): bigint {
    const known = this.#keys.get(keyId);
    if (known !== undefined) return known;
    return this.#judge(keyId, this.#one(keyAttributes('private', keyId), keyId));
  }

  #one(attributes: readonly Attribute[], keyId: string): bigint {
    const [key, second] = this.#cryptoki.find(this.#session, attributes, 2);
    if (key === undefined)
      throw new TokenKeyUnfit(`There is no private key with the id ${keyId} in the token.`);
    if (second !== undefined)
      throw new TokenKeyUnfit(`There are several private keys with the id ${keyId} in the token.`);
    return key;
  }

  #judge(keyId: string, key: bigint, demands: readonly Demand[] = SIGNING_DEMANDS): bigint {
    const fault = unfitness((type) => this.#cryptoki.attribute(this.#session, key, type), demands);
    if (fault !== undefined)
      throw new TokenKeyUnfit(`The key ${keyId} in the token is refused: ${fault}.`);
    this.#keys.set(keyId, key);
    return key;
  }
}

function loadModule({ module, section }: TokenPlace): Cryptoki {
  const refuse = (what: string, cause?: unknown): TokenUnusable =>
    new TokenUnusable(`The PKCS #11 module ${module} (${section}.module) ${what}.`, { cause });
  try {
    // Whoever can exchange it is handed the PIN.
    if ((statSync(module).mode & 0o022) !== 0) throw refuse('may be changed by others: chmod 755');
  } catch (cause) {
    throw cause instanceof TokenUnusable ? cause : refuse('is not there', cause);
  }
  try {
    return new Cryptoki(module);
  } catch (cause) {
    throw refuse('cannot be loaded', cause);
  }
}

function findToken(
  cryptoki: Cryptoki,
  { tokenLabel: label, section }: TokenPlace,
): { readonly slot: bigint; readonly flags: number } {
  const found = cryptoki.slots().flatMap((slot) => {
    try {
      const info = cryptoki.tokenInfo(slot);
      return info.label === label ? [{ slot, flags: info.flags }] : [];
    } catch (fault) {
      // It was taken out meanwhile.
      if (fault instanceof CryptokiFault && fault.returned === CKR.CKR_TOKEN_NOT_PRESENT) return [];
      throw fault;
    }
  });
  const [token, second] = found;
  const named = `with the label "${label}" (${section}.tokenLabel)`;
  if (token === undefined) throw new TokenUnusable(`There is no token ${named}. Insert it.`);
  if (second !== undefined) throw new TokenUnusable(`There are several tokens ${named}.`);
  return token;
}

function unusable(place: TokenPlace, what: string, cause?: unknown): TokenUnusable {
  return new TokenUnusable(`The token "${place.tokenLabel}" ${what}.`, { cause });
}
