/** Targets of WebAuthn: what a browser says that a security key made or signed (CBOR, COSE, client data). */
import { authenticated, registered } from '@chaperone/gateway/desk/second-factor/passkey.ts';
import { SecondFactorRefused } from '@chaperone/gateway/desk/second-factor/second-factor-error.ts';
import { SoftAuthenticator } from '@chaperone/gateway/desk/second-factor/testing/soft-authenticator.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const PARTY = { id: 'console.example', origin: 'https://console.example' };
const CHALLENGE = Buffer.alloc(32, 7).toString('base64url');
const ASKED = { challenge: CHALLENGE, origin: PARTY.origin, rpId: PARTY.id };
const COUNTER_MAX = 2 ** 32 - 1;

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

/** The schemas of the console let nothing but an object through. */
function objectOf(input: Buffer): Readonly<Record<string, object>> {
  try {
    const read: unknown = JSON.parse(input.toString('utf8'));
    if (typeof read === 'object' && read !== null) return read as Record<string, object>;
  } catch (cause) {
    throw new SecondFactorRefused({ cause });
  }
  throw new SecondFactorRefused();
}

const registration: Target = {
  name: 'passkey-registration',
  entry: 'gateway/src/desk/second-factor/passkey.ts › registered',
  refusals: [SecondFactorRefused],
  limits: 'a key, its id and a counter of 32 bits',
  form: 'json',
  words: ['webauthn.create', 'webauthn.get', 'none', 'packed', CHALLENGE, PARTY.origin],
  seeds: () => [json(new SoftAuthenticator().register(ASKED))],
  feed: async (input) => {
    const answer = objectOf(input);
    const { credentialId, publicKey, counter } = await registered(answer, PARTY, CHALLENGE);
    holds(publicKey.length > 0 && credentialId.length > 0, 'a key and its id');
    holds(counter >= 0 && counter <= COUNTER_MAX, 'a counter of 32 bits');
    return credentialId;
  },
};

const assertion: Target = {
  name: 'passkey-assertion',
  entry: 'gateway/src/desk/second-factor/passkey.ts › authenticated',
  refusals: [SecondFactorRefused],
  limits: 'a counter of 32 bits',
  form: 'json',
  words: ['webauthn.get', CHALLENGE, PARTY.origin],
  // The key stands beside its answer, so that kept inputs end the same in each process.
  seeds: async () => {
    const key = new SoftAuthenticator();
    const passkey = await registered(key.register(ASKED), PARTY, CHALLENGE);
    return [json({ passkey, answer: key.assert(ASKED) })];
  },
  feed: async (input) => {
    const { passkey, answer } = objectOf(input);
    if (typeof passkey !== 'object' || passkey === null) throw new SecondFactorRefused();
    if (typeof answer !== 'object' || answer === null) throw new SecondFactorRefused();
    const { credentialId = '', publicKey = '' } = passkey as Record<string, unknown>;
    // The database keeps both as texts.
    if (typeof credentialId !== 'string' || typeof publicKey !== 'string') {
      throw new SecondFactorRefused();
    }
    const kept = { credentialId, publicKey, counter: 0 };
    const counter = await authenticated(answer, PARTY, CHALLENGE, kept);
    holds(counter >= 0 && counter <= COUNTER_MAX, 'a counter of 32 bits');
    return counter + 1;
  },
};

export const PASSKEY_TARGETS: readonly Target[] = [registration, assertion];
