/**
 * The wrapping key of one generation, and where it is kept: in a file, or sealed under a key that is in a token and never
 * leaves it. `wrapping.<N>.key` says which, and names the file of this generation's secrets; it is written last and
 * never replaced, so that of two who would make generation N only one succeeds.
 *
 * In a token each generation has an AES key of its own (`platform/token/sealing-key.ts`), destroyed there when the next
 * generation counts. Decision 0028.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import { z } from 'zod';
import type { Token, TokenSettings } from '../../platform/token/token.ts';
import { RecordDamaged } from '../contract.ts';
import { KEY_BYTES, NONCE_BYTES } from './wrapped-secret.ts';

const TOKEN_KEY_ID_BYTES = 16;
const NAME_BYTES = 8;
const CHECK_BYTES = 8;

export type WrappingKeySettings =
  | { readonly kind: 'file' }
  | ({ readonly kind: 'pkcs11' } & TokenSettings);

const hex = (bytes: number): z.ZodString =>
  z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
/** In its one spelling: a bit that means nothing is not one that may be flipped unseen. */
const base64url = z
  .string()
  .max(120)
  .refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text);
const inEach = {
  format: z.literal(2),
  /** Random, the same in all generations of one keyring. */
  keyring: hex(NAME_BYTES),
  /** Names this generation's file of secrets. */
  secrets: hex(NAME_BYTES),
  /** The first bytes of SHA-256 over the rest and the key: tells a damaged wrapping key from damaged secrets. */
  check: hex(CHECK_BYTES),
};
const schema = z.discriminatedUnion('kind', [
  z.strictObject({ ...inEach, kind: z.literal('file'), key: base64url }),
  z.strictObject({
    ...inEach,
    kind: z.literal('pkcs11'),
    tokenKey: hex(TOKEN_KEY_ID_BYTES),
    sealed: base64url,
  }),
]);
export type WrappingKeyFile = z.infer<typeof schema>;

export interface WrappingKey {
  readonly generation: number;
  readonly keyring: string;
  readonly secrets: string;
  readonly key: Buffer;
  /** CKA_ID of the key in the token; null when it is in the file. */
  readonly tokenKey: string | null;
}

/** Reads the file's form. @throws RecordDamaged */
export function parseWrappingKey(content: Uint8Array, generation: number): WrappingKeyFile {
  try {
    return schema.parse(JSON.parse(Buffer.from(content).toString('utf8')));
  } catch (cause) {
    throw damaged(generation, cause);
  }
}

/** Makes the key of a generation. @throws as `Token.makeSealingKey` */
export async function makeWrappingKey(
  token: Token | null,
  terms: { readonly generation: number; readonly keyring?: string },
  random: RandomBytes,
): Promise<{ readonly made: WrappingKey; readonly content: Buffer }> {
  const name = (bytes: number): string => Buffer.from(random(bytes)).toString('hex');
  const { generation } = terms;
  const keyring = terms.keyring ?? name(NAME_BYTES);
  const secrets = name(NAME_BYTES);
  const key = Buffer.from(random(KEY_BYTES));
  const tokenKey = token === null ? null : name(TOKEN_KEY_ID_BYTES);
  const made: WrappingKey = { generation, keyring, secrets, key, tokenKey };
  const base = { format: 2 as const, keyring, secrets };
  const check = checkOf(made);
  const file: WrappingKeyFile =
    token === null || tokenKey === null
      ? { ...base, kind: 'file', key: key.toString('base64url'), check }
      : {
          ...base,
          kind: 'pkcs11',
          tokenKey,
          sealed: await sealIn(token, made, tokenKey, random),
          check,
        };
  return { made, content: Buffer.from(`${JSON.stringify(file)}\n`) };
}

/** Opens the key of a generation. @throws RecordDamaged, TokenUnusable, TokenKeyUnfit, TokenUnavailable */
export async function openWrappingKey(
  file: WrappingKeyFile,
  generation: number,
  token: Token | null,
): Promise<WrappingKey> {
  const { keyring, secrets } = file;
  const tokenKey = file.kind === 'pkcs11' ? file.tokenKey : null;
  const key =
    file.kind === 'file'
      ? Buffer.from(file.key, 'base64url')
      : await unsealIn(token, file, generation);
  const opened: WrappingKey = { generation, keyring, secrets, key, tokenKey };
  if (
    key.length !== KEY_BYTES ||
    !timingSafeEqual(Buffer.from(checkOf(opened)), Buffer.from(file.check))
  )
    throw damaged(generation);
  return opened;
}

/** The label under which a keyring's keys are found in a token. */
export function tokenLabelOf(keyring: string): string {
  return `chaperone vault ${keyring}`;
}

async function sealIn(
  token: Token,
  made: WrappingKey,
  keyId: string,
  random: RandomBytes,
): Promise<string> {
  await token.makeSealingKey(keyId, tokenLabelOf(made.keyring));
  const nonce = random(NONCE_BYTES);
  const sealed = await token.seal({ keyId, nonce, label: labelOf(made), bytes: made.key });
  return Buffer.concat([nonce, sealed]).toString('base64url');
}

async function unsealIn(
  token: Token | null,
  file: Extract<WrappingKeyFile, { readonly kind: 'pkcs11' }>,
  generation: number,
): Promise<Buffer> {
  if (token === null) throw new Error('a keyring in a token is opened with the token');
  const sealed = Buffer.from(file.sealed, 'base64url');
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const label = labelOf({ keyring: file.keyring, generation, secrets: file.secrets });
  const bytes = sealed.subarray(NONCE_BYTES);
  return Buffer.from(await token.unseal({ keyId: file.tokenKey, nonce, label, bytes }));
}

function labelOf({
  keyring,
  generation,
  secrets,
}: Pick<WrappingKey, 'keyring' | 'generation' | 'secrets'>): string {
  return `chaperone wrapping key v2 ${keyring} ${generation} ${secrets}`;
}

function checkOf(wrapping: WrappingKey): string {
  const hash = createHash('sha256').update(`${labelOf(wrapping)} ${wrapping.tokenKey ?? 'file'}`);
  return hash.update(wrapping.key).digest().subarray(0, CHECK_BYTES).toString('hex');
}

function damaged(generation: number, cause?: unknown): RecordDamaged {
  return new RecordDamaged(
    `The keyring's wrapping.${generation}.key is damaged: no record of any case can be opened. Restore it from the disk's own mirror.`,
    { cause },
  );
}
