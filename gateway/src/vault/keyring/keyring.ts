/**
 * The keyring: one wrapped secret for each case, in a directory of its own, apart from database and backups.
 *
 * | file | holds |
 * |---|---|
 * | `wrapping.<N>.key` | the wrapping key of generation N (`wrapping-key.ts`), in the clear or sealed by a token |
 * | `secrets.<N>.<name>.keys` | the cases' secrets under that key (`secrets-file.ts`) |
 *
 * Erasing a case's secret makes generation N+1 of the wrapping key and wraps the remaining secrets anew, so that
 * nobody who finds an old copy of the erased secret can unwrap it. The new generation counts from the moment its
 * wrapping key has its name; what belongs to another generation is removed, at the latest at the next opening. One
 * process owns the directory: by the lock of the data directory, or by the fence of a gateway with a standby, which is
 * asked before each change and again before it is acknowledged. Decision 0028.
 */
import { randomFillSync } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CaseId, RandomBytes } from '@chaperone/domain/id/id.ts';
import {
  DurableFileExists,
  clearLeftovers,
  removeDurably,
  writeDurably,
} from '../../platform/durable-file/durable-file.ts';
import { Token } from '../../platform/token/token.ts';
import { CaseKeyMissing, RecordDamaged } from '../contract.ts';
import { deriveCaseKeys, wipeCaseKeys } from './case-keys.ts';
import type { CaseKeys } from './case-keys.ts';
import { firstFormFiles } from './first-form.ts';
import {
  FIRST_FORM,
  KeyringTaken,
  begin,
  find,
  keyFiles,
  labelOf,
  rank,
  secretsFile,
  taken,
  wrappingFile,
} from './keyring-files.ts';
import type { Found, KeyFile } from './keyring-files.ts';
import { addEntry, countEntries, eraseEntries, writeEntries } from './secrets-file.ts';
import type { SecretEntry } from './secrets-file.ts';
import { KEY_BYTES, unwrap, wrap } from './wrapped-secret.ts';
import { makeWrappingKey, tokenLabelOf } from './wrapping-key.ts';
import type { WrappingKey, WrappingKeySettings } from './wrapping-key.ts';

export { KeyringElsewhere, KeyringTaken } from './keyring-files.ts';
export { inUse, sealText, unsealText } from './case-keys.ts';
export type { CaseKeys } from './case-keys.ts';
export type { WrappingKeySettings } from './wrapping-key.ts';

/** Says whether this process still is the one that may change the keyring. */
export interface KeyringFence {
  /** @throws when it is not */
  check(): Promise<void>;
  /** The one before did not let go: whatever it still does has to come too late. */
  readonly tookOver: boolean;
}

const ALONE: KeyringFence = { check: async () => undefined, tookOver: false };
const OPENINGS_MAX = 3;
/** Secrets wrapped anew before others get their turn. */
const WRAPPED_AT_ONCE = 500;

export interface KeyringOptions {
  readonly directory: string;
  readonly random: RandomBytes;
  readonly wrapping?: WrappingKeySettings;
  readonly fence?: KeyringFence;
}

export class Keyring {
  readonly #directory: string;
  readonly #random: RandomBytes;
  readonly #token: Token | null;
  readonly #fence: KeyringFence;
  readonly #known = new Map<CaseId, CaseKeys>();
  #wrapping: WrappingKey;
  #secrets: Map<CaseId, Buffer>;
  /** Entries of which nobody knows whose they were. */
  readonly #damaged: number;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: KeyringOptions, token: Token | null, found: Found) {
    this.#directory = options.directory;
    this.#random = options.random;
    this.#token = token;
    this.#fence = options.fence ?? ALONE;
    this.#wrapping = found.wrapping;
    this.#secrets = found.secrets;
    this.#damaged = found.damaged;
  }

  /**
   * Opens the keyring, or makes one; completes a change of the wrapping key that was cut off.
   * @throws RecordDamaged when there are secrets but no wrapping key, or it is damaged: nothing is wrapped under a wrong one;
   *   KeyringElsewhere, TokenUnusable, TokenKeyUnfit, TokenUnavailable, SecretFileUnusable
   */
  static async open(options: KeyringOptions): Promise<Keyring> {
    const { directory, wrapping: settings = { kind: 'file' } } = options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await clearLeftovers(directory);
    const token = settings.kind === 'pkcs11' ? new Token(settings) : null;
    try {
      for (let attempts = 1; ; attempts += 1) {
        try {
          return await Keyring.#openOnce(options, token);
        } catch (fault) {
          // The last change of one that was overtaken; the fence lets no other in.
          if (!(fault instanceof KeyringTaken) || attempts === OPENINGS_MAX) throw fault;
        }
      }
    } catch (fault) {
      await token?.close();
      throw fault;
    }
  }

  static async #openOnce(options: KeyringOptions, token: Token | null): Promise<Keyring> {
    const found =
      (await find(options.directory, token, options.random)) ??
      (await begin(options.directory, token, options.random));
    const keyring = new Keyring(options, token, found);
    await keyring.#removeOthers(() => true);
    const isElsewhere = (found.wrapping.tokenKey === null) !== (token === null);
    if (found.isFirstForm || isElsewhere || keyring.#fence.tookOver)
      await keyring.#changeWrappingKey();
    return keyring;
  }

  get generation(): number {
    return this.#wrapping.generation;
  }

  /** Makes a case's secret; a secret that is there stays. @throws DiskFull, KeyringTaken */
  async create(caseId: CaseId): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#secrets.has(caseId)) return;
      await this.#fence.check();
      const secret = Buffer.from(this.#random(KEY_BYTES));
      const wrapped = this.#wrap(this.#wrapping, caseId, secret);
      await this.#onSecrets(async (file) => await addEntry(file, { caseId, wrapped }));
      // Who took over before this was written has not seen it.
      await this.#fence.check();
      this.#secrets.set(caseId, wrapped);
      this.#known.set(caseId, deriveCaseKeys(caseId, secret));
      secret.fill(0);
    });
  }

  async has(caseId: CaseId): Promise<boolean> {
    return await this.#inTurn(async () => this.#secrets.has(caseId));
  }

  /** Opens a case's keys. They stay in memory until the case is erased. @throws CaseKeyMissing, RecordDamaged */
  async keysOf(caseId: CaseId): Promise<CaseKeys> {
    return (
      this.#known.get(caseId) ??
      (await this.#inTurn(async () => {
        const known = this.#known.get(caseId);
        if (known !== undefined) return known;
        const secret = this.#unwrap(caseId);
        const keys = deriveCaseKeys(caseId, secret);
        secret.fill(0);
        this.#known.set(caseId, keys);
        return keys;
      }))
    );
  }

  /**
   * Erases a case's secret in its only copy and changes the wrapping key. Done twice, it does no harm.
   * @returns the generation of the new wrapping key
   * @throws KeyringTaken, DiskFull, TokenUnavailable; the secret is gone then, and the change is made with the next call
   */
  async erase(caseId: CaseId): Promise<number> {
    return await this.#inTurn(async () => {
      await this.#fence.check();
      const known = this.#known.get(caseId);
      if (known !== undefined) wipeCaseKeys(known);
      this.#known.delete(caseId);
      this.#secrets.get(caseId)?.fill(0);
      this.#secrets.delete(caseId);
      await this.#onSecrets(async (file) => await eraseEntries(file, caseId));
      await this.#changeWrappingKey();
      return this.generation;
    });
  }

  /** Looks again for anything of a case's key: entries of any generation, wrapping keys of old ones, memory, token. */
  async remainsOf(caseId: CaseId): Promise<number> {
    return await this.#inTurn(async () => {
      let left = this.#known.has(caseId) || this.#secrets.has(caseId) ? 1 : 0;
      for (const { name, kind, generation } of await keyFiles(this.#directory)) {
        if (kind === 'wrapping') left += generation === this.generation ? 0 : 1;
        else left += await countEntries(path.join(this.#directory, name), caseId);
      }
      return left + (await this.#otherTokenKeys()).length;
    });
  }

  /** Wipes every key in memory. */
  async close(): Promise<void> {
    for (const keys of this.#known.values()) wipeCaseKeys(keys);
    this.#known.clear();
    this.#wrapping.key.fill(0);
    await this.#token?.close();
  }

  async #changeWrappingKey(): Promise<void> {
    const old = this.#wrapping;
    const terms = { generation: old.generation + 1, keyring: old.keyring };
    const { made, content } = await makeWrappingKey(this.#token, terms, this.#random);
    const secrets = await this.#wrapAnew(made);
    const entries = [...secrets].map(([caseId, wrapped]): SecretEntry => ({ caseId, wrapped }));
    await writeEntries(this.#fileOf(made), entries);
    await this.#fence.check();
    try {
      // From here on the new generation counts.
      await writeDurably(wrappingFile(this.#directory, made.generation), content, {
        never: 'replace',
      });
    } catch (fault) {
      throw fault instanceof DurableFileExists ? taken(fault) : fault;
    } finally {
      content.fill(0);
    }
    this.#wrapping = made;
    this.#secrets = secrets;
    old.key.fill(0);
    // Only what is older: what is newer would be another's.
    await this.#removeOthers((generation) => generation < made.generation);
    await this.#fence.check();
  }

  async #wrapAnew(made: WrappingKey): Promise<Map<CaseId, Buffer>> {
    const secrets = new Map<CaseId, Buffer>();
    for (const [caseId, wrapped] of this.#secrets) {
      const secret = unwrap(this.#wrapping.key, labelOf(caseId, this.generation), wrapped);
      // A damaged secret is lost already; it must not keep another case from being destroyed.
      if (secret === undefined) secrets.set(caseId, wrapped);
      else secrets.set(caseId, this.#wrap(made, caseId, secret));
      secret?.fill(0);
      if (secrets.size % WRAPPED_AT_ONCE === 0) await nextTurn();
    }
    return secrets;
  }

  /** Old wrapping keys go first, the token's before all: without them the rest is unreadable. */
  async #removeOthers(which: (generation: number) => boolean): Promise<void> {
    for (const keyId of await this.#otherTokenKeys()) await this.#token?.removeSealingKey(keyId);
    const isOther = ({ kind, generation, name }: KeyFile): boolean =>
      which(generation) &&
      (generation !== this.generation ||
        (kind === 'secrets' && name !== path.basename(this.#fileOf(this.#wrapping))));
    const others = (await keyFiles(this.#directory)).filter(isOther);
    const ordered = others.toSorted((one, other) => rank(one) - rank(other));
    for (const { name } of ordered) await this.#overwriteAndRemove(name);
    if (this.#wrapping.secrets === FIRST_FORM) return;
    for (const name of await firstFormFiles(this.#directory)) await this.#overwriteAndRemove(name);
  }

  async #otherTokenKeys(): Promise<readonly string[]> {
    if (this.#token === null) return [];
    const ids = await this.#token.sealingKeys(tokenLabelOf(this.#wrapping.keyring));
    return ids.filter((id) => id !== this.#wrapping.tokenKey);
  }

  #wrap(wrapping: WrappingKey, caseId: CaseId, secret: Buffer): Buffer {
    return wrap(wrapping.key, labelOf(caseId, wrapping.generation), secret, this.#random);
  }

  #unwrap(caseId: CaseId): Buffer {
    const wrapped = this.#secrets.get(caseId);
    if (wrapped === undefined && this.#damaged === 0)
      throw new CaseKeyMissing('There is no key for this case (any more).');
    const secret = wrapped && unwrap(this.#wrapping.key, labelOf(caseId, this.generation), wrapped);
    if (secret === undefined) throw new RecordDamaged("A case's key is damaged.");
    return secret;
  }

  /** The file is there as long as this generation counts. */
  async #onSecrets<Result>(act: (file: string) => Promise<Result>): Promise<Result> {
    try {
      return await act(this.#fileOf(this.#wrapping));
    } catch (fault) {
      if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') throw taken(fault);
      throw fault;
    }
  }

  /** Overwriting helps on disks that write in place; what counts everywhere is the change of the wrapping key. */
  async #overwriteAndRemove(name: string): Promise<void> {
    const file = path.join(this.#directory, name);
    const handle = await open(file, 'r+');
    try {
      const { size } = await handle.stat();
      await handle.write(randomFillSync(Buffer.alloc(size)), 0, size, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await removeDurably(file);
  }

  #fileOf(wrapping: WrappingKey): string {
    return secretsFile(this.#directory, wrapping);
  }

  /** One change at a time: nothing is wrapped under a key that is about to go. */
  async #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const before = this.#turn;
    const mine = before.then(act, act);
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }
}
