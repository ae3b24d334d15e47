/** The file that says where in a token a root's key is. Nothing in it is secret. */
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../platform/durable-file/durable-file.ts';
import { AuthorityDamaged } from './establishment-error.ts';
import { readPart } from './part.ts';
import type { RootPlace } from './root-keys.ts';

const schema = z.strictObject({
  format: z.literal(1),
  kind: z.literal('pkcs11'),
  /** CKA_ID, 16 random bytes. */
  keyId: z.string().regex(/^[0-9a-f]{32}$/),
});

export function tokenKeyFile({ directory, name }: RootPlace): string {
  return join(directory, `${name}.key.json`);
}

/** Keeps under which id a token has a root's key. */
export async function writeKeyId(place: RootPlace, keyId: string): Promise<void> {
  const content: z.infer<typeof schema> = { format: 1, kind: 'pkcs11', keyId };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  await writeDurably(tokenKeyFile(place), text, { never: 'replace' });
}

/** Reads under which id a token has a root's key. @throws AuthorityDamaged */
export async function readKeyId(place: RootPlace): Promise<string> {
  const file = tokenKeyFile(place);
  const text = await readPart(file);
  try {
    return schema.parse(JSON.parse(text)).keyId;
  } catch (cause) {
    throw new AuthorityDamaged(`${basename(file)} cannot be read.`, { cause });
  }
}
