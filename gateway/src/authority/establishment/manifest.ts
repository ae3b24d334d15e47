/** The authority's manifest: what was made, by whom, and which files belong to it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CART_CHAIN_PROFILES } from '@chaperone/protocol/x509/algorithm.ts';
import { writeDurably } from '../../platform/durable-file/durable-file.ts';
import { AuthorityDamaged, AuthorityNotEstablished } from './establishment-error.ts';
import { readPart } from './part.ts';

export const MANIFEST = 'authority.json';

/** What a root of the cart chain is at a time: one certifies; beside it one may be coming, or one going. */
export const CART_ROOT_STATES = ['announced', 'issuing', 'leaving', 'gone'] as const;

const cartRootSchema = z.strictObject({
  /** Name of its files: `cart`, and `cart-2` and so on for those that came later. */
  name: z.string().regex(/^cart(-[0-9]{1,4})?$/),
  fingerprint: z.string(),
  state: z.enum(CART_ROOT_STATES),
  sinceMs: z.int().nonnegative(),
  /** Who brought it into this state. */
  by: z.string(),
});
export type CartRootEntry = z.infer<typeof cartRootSchema>;

const manifestSchema = z.strictObject({
  format: z.literal(1),
  establishedAtMs: z.int().nonnegative(),
  establishedBy: z.string(),
  demo: z.boolean(),
  cartChain: z.enum(CART_CHAIN_PROFILES),
  fingerprints: z.strictObject({
    /** Of the root that certifies carts now. */
    cart: z.string(),
    workstation: z.string(),
    browser: z.string(),
    /** Absent until the first start of a version that knows facilities' officers. */
    facility: z.string().optional(),
    /** Absent until the first start of a version whose licences have terms. */
    licence: z.string().optional(),
  }),
  /** The roots of the cart chain, the oldest first; absent until the first change of it (decision 0017). */
  cartRoots: z.array(cartRootSchema).min(2).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws AuthorityNotEstablished, AuthorityDamaged */
export async function readManifest(directory: string): Promise<Manifest> {
  const present = await entriesOf(directory);
  if (present.length === 0) throw new AuthorityNotEstablished();
  if (!present.includes(MANIFEST)) {
    throw new AuthorityDamaged(
      `It lacks ${MANIFEST}: it was copied in part, or is something else.`,
    );
  }
  const text = await readPart(join(directory, MANIFEST));
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AuthorityDamaged(`${MANIFEST} cannot be read.`, { cause });
  }
}

/** Writes it as a whole. @param first true refuses to replace one */
export async function writeManifest(
  directory: string,
  manifest: Manifest,
  first: 'first' | 'replace' = 'replace',
): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const options = first === 'first' ? ({ never: 'replace' } as const) : undefined;
  await writeDurably(join(directory, MANIFEST), text, options);
}

/** The names in a directory; none when it is not there. */
export async function entriesOf(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
}
