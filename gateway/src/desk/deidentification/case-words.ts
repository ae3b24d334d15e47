/**
 * What of a case its de-identification remembers: the secret by which UIDs and tokens are the same in all of its files, and
 * names and numbers that its images held, which are then taken out of its logs, too.
 *
 * Sealed under the case's key. With the case the secret is gone, and nobody can link its results to another case's.
 */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { Turns } from '../platform/turns.ts';
import type { DeidentificationStore } from './deidentification-store.ts';

const SECRET_BYTES = 32;
/** Names of some thousand patients. */
const WORDS_MAX = 2000;

export interface CaseWords {
  readonly secret: Uint8Array;
  readonly words: readonly string[];
}

interface SealedWords {
  readonly secret: string;
  readonly words: readonly string[];
}

export class CaseWordsKeeper {
  readonly #context: DeskContext;
  readonly #store: DeidentificationStore;
  readonly #turns = new Turns();

  constructor(context: DeskContext, store: DeidentificationStore) {
    this.#context = context;
    this.#store = store;
  }

  /** @throws CaseKeyMissing, RecordDamaged */
  async of(caseId: CaseId): Promise<CaseWords> {
    const { secret, words } = await this.#turns.take(caseId, async () => await this.#read(caseId));
    return { secret: Buffer.from(secret, 'base64url'), words };
  }

  /** Adds words, up to a limit. @throws CaseKeyMissing, RecordDamaged */
  async add(caseId: CaseId, fresh: readonly string[]): Promise<void> {
    await this.#turns.take(caseId, async () => {
      const { secret, words } = await this.#read(caseId);
      const joined = [...new Set([...words, ...fresh])].slice(0, WORDS_MAX);
      if (joined.length !== words.length) await this.#keep(caseId, { secret, words: joined });
    });
  }

  async #read(caseId: CaseId): Promise<SealedWords> {
    const { vault, randomBytes } = this.#context;
    const sealed = await this.#store.sealedOf(caseId);
    if (sealed !== null) return JSON.parse(await vault.unsealText(caseId, sealed)) as SealedWords;
    const fresh = {
      secret: Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url'),
      words: [],
    };
    await this.#keep(caseId, fresh);
    return fresh;
  }

  async #keep(caseId: CaseId, words: SealedWords): Promise<void> {
    const sealed = await this.#context.vault.sealText(caseId, JSON.stringify(words));
    await this.#store.keepSealed(caseId, sealed);
  }
}
