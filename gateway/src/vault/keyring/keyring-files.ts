/** The keyring's files: which there are, which generation counts, and how a first one is begun. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, RandomBytes } from '@chaperone/domain/id/id.ts';
import { removeDurably, writeDurably } from '../../platform/durable-file/durable-file.ts';
import type { Token } from '../../platform/token/token.ts';
import { RecordDamaged } from '../contract.ts';
import { firstFormFiles, readFirstSecrets, readFirstWrappingKey } from './first-form.ts';
import { parseEntries, writeEntries } from './secrets-file.ts';
import { KEY_BYTES, unwrap, wrap } from './wrapped-secret.ts';
import { makeWrappingKey, openWrappingKey, parseWrappingKey } from './wrapping-key.ts';
import type { WrappingKey } from './wrapping-key.ts';

/** Another gateway has changed the keyring meanwhile: this one was asleep, and has to end. */
export class KeyringTaken extends DomainError {
  readonly code = 'KEYRING_TAKEN';
}
/** The wrapping key is kept in another way than the configuration says. */
export class KeyringElsewhere extends DomainError {
  readonly code = 'KEYRING_ELSEWHERE';
}
const FILE_NAME =
  /^(?:wrapping\.([1-9][0-9]{0,9})\.key|secrets\.([1-9][0-9]{0,9})\.[0-9a-f]{16}\.keys)$/;
const FIRST_FORM_BYTES_MAX = KEY_BYTES + 8;

/** In the place of a file of secrets: they are in the files of the first form still. */
export const FIRST_FORM = 'first-form';

export interface Found {
  readonly wrapping: WrappingKey;
  readonly secrets: Map<CaseId, Buffer>;
  /** Entries that do not unwrap, or of which nobody knows whose they were. */
  readonly damaged: number;
  readonly isFirstForm: boolean;
}

export interface KeyFile {
  readonly name: string;
  readonly kind: 'wrapping' | 'secrets';
  readonly generation: number;
}

/** Reads what there is; undefined when there is nothing yet. @throws as `Keyring.open` */
export async function find(
  directory: string,
  token: Token | null,
  random: RandomBytes,
): Promise<Found | undefined> {
  const files = await keyFiles(directory);
  const generations = files
    .filter(({ kind }) => kind === 'wrapping')
    .map((file) => file.generation);
  const generation = Math.max(0, ...generations);
  if (generation === 0) {
    await refuseOrphans(directory, files);
    return undefined;
  }
  const content = await readFile(wrappingFile(directory, generation));
  if (content.length <= FIRST_FORM_BYTES_MAX)
    return await findFirstForm(directory, generation, content, random);
  const file = parseWrappingKey(content, generation);
  content.fill(0);
  if (file.kind === 'pkcs11' && token === null)
    throw new KeyringElsewhere(
      'The keyring’s wrapping key is in a token: vault.keyring.kind has to be "pkcs11", with that token.',
    );
  const wrapping = await openWrappingKey(file, generation, token);
  const { entries, damaged } = parseEntries(await readSecrets(directory, wrapping));
  const secrets = new Map(entries.map(({ caseId, wrapped }) => [caseId, wrapped] as const));
  // One whose case's id was flipped stands under another's.
  const strange = entries.filter(({ caseId, wrapped }) => {
    const secret = unwrap(wrapping.key, labelOf(caseId, generation), wrapped);
    secret?.fill(0);
    return secret === undefined;
  });
  return { wrapping, secrets, damaged: damaged + strange.length, isFirstForm: false };
}

async function findFirstForm(
  directory: string,
  generation: number,
  content: Buffer,
  random: RandomBytes,
): Promise<Found> {
  const key = readFirstWrappingKey(content, generation);
  content.fill(0);
  const keyring = Buffer.from(random(8)).toString('hex');
  const wrapping = { generation, keyring, secrets: FIRST_FORM, key, tokenKey: null };
  const secrets = new Map<CaseId, Buffer>();
  for (const [caseId, secret] of await readFirstSecrets(directory, generation, key)) {
    secrets.set(caseId, wrap(key, labelOf(caseId, generation), secret, random));
    secret.fill(0);
  }
  return { wrapping, secrets, damaged: 0, isFirstForm: true };
}

/** Makes the first generation. */
export async function begin(
  directory: string,
  token: Token | null,
  random: RandomBytes,
): Promise<Found> {
  const { made, content } = await makeWrappingKey(token, { generation: 1 }, random);
  await writeEntries(secretsFile(directory, made), []);
  await writeDurably(wrappingFile(directory, 1), content, { never: 'replace' });
  content.fill(0);
  return { wrapping: made, secrets: new Map(), damaged: 0, isFirstForm: false };
}

/** A first start that was killed leaves an empty file of secrets; anything else has lost its key. */
async function refuseOrphans(directory: string, files: readonly KeyFile[]): Promise<void> {
  const contents = await Promise.all(
    files.map(async ({ name }) => await readFile(path.join(directory, name))),
  );
  const isLost =
    contents.some((content) => content.length > 0) || (await firstFormFiles(directory)).length > 0;
  if (isLost) throw new RecordDamaged('The keyring has lost its wrapping key.');
  for (const { name } of files) await removeDurably(path.join(directory, name));
}

async function readSecrets(directory: string, wrapping: WrappingKey): Promise<Buffer> {
  try {
    return await readFile(secretsFile(directory, wrapping));
  } catch (cause) {
    throw new RecordDamaged('The keyring has lost the file of its secrets.', { cause });
  }
}

export function wrappingFile(directory: string, generation: number): string {
  return path.join(directory, `wrapping.${generation}.key`);
}

export function secretsFile(directory: string, { generation, secrets }: WrappingKey): string {
  return path.join(directory, `secrets.${generation}.${secrets}.keys`);
}

export async function keyFiles(directory: string): Promise<readonly KeyFile[]> {
  return (await readdir(directory)).flatMap((name): readonly KeyFile[] => {
    const [, wrapping, secrets] = FILE_NAME.exec(name) ?? [];
    if (wrapping !== undefined) return [{ name, kind: 'wrapping', generation: Number(wrapping) }];
    return secrets === undefined ? [] : [{ name, kind: 'secrets', generation: Number(secrets) }];
  });
}

export function rank({ kind }: KeyFile): number {
  return kind === 'wrapping' ? 0 : 1;
}

export function labelOf(caseId: CaseId, generation: number): string {
  return `chaperone case secret v2 ${caseId} ${generation}`;
}

export function taken(cause: unknown): KeyringTaken {
  return new KeyringTaken('Another gateway has changed the keyring. This one has to end.', {
    cause,
  });
}
