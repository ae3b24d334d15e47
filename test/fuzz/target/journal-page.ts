/** Target of the desk's copy of a cart's journal: lines that a cart vouches for with a head that fits them. */
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LEDGER_MIGRATIONS } from '@chaperone/gateway/ledger/ledger-schema.ts';
import { openCartJournals } from '@chaperone/gateway/ledger/reconciliation/reconciliation.ts';
import type { CartJournals } from '@chaperone/gateway/ledger/contract.ts';
import { openDatabase } from '@chaperone/gateway/platform/database/database.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { EMPTY_FRONTIER, appendLeaf, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { cartKey } from '../fixture/authorities.ts';
import { signText } from '../fixture/sign-text.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-fuzz-journal-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let opened: Promise<CartJournals> | undefined;
let carts = 0;

async function journals(): Promise<CartJournals> {
  const file = path.join(folder, 'gateway.db');
  const database = await openDatabase({ location: { kind: 'sqlite', file } });
  await database.migrate(LEDGER_MIGRATIONS);
  return openCartJournals({ database, ledger: { appendLater: () => undefined } });
}

const line = (index: number): string =>
  JSON.stringify({ index, utcMs: 1, fact: { kind: 'agent-started', version: '1' } });

const page: Target = {
  name: 'desk-journal-lines',
  entry: 'gateway/src/ledger/reconciliation/reconciliation.ts › CartJournals.reconcile',
  refusals: [],
  limits: 'LINE_BYTES_MAX a line; what does not lead to the head is not stored',
  form: 'json',
  weight: 0.1,
  seeds: () => [Buffer.from(JSON.stringify([0, 1, 2, 3].map(line)))],
  feed: async (input) => {
    const entries = textsIn(input);
    const copies = await (opened ??= journals());
    // A cart of its own: what is stored cannot be taken back.
    const cart = `US-${(carts += 1)}`;
    const root = encodeBase64url(rootOf(entries.map(lineHash).reduce(appendLeaf, EMPTY_FRONTIER)));
    const claims = { iss: cart, size: entries.length, root, iat: 1 };
    const signer = { typ: TYP.journalHead, key: cartKey, algorithm: 'ES256' } as const;
    const head = (await signText(Buffer.from(JSON.stringify(claims)), signer)).toString();
    const key = { key: createPublicKey(cartKey), algorithm: 'ES256' } as const;
    const found = await copies.reconcile(cart, [{ entries: [...entries], head }], key);
    const { size } = await copies.position(cart);
    holds(size === (found.is === 'ok' ? entries.length : 0), 'another journal is stored');
    return found;
  },
};

function textsIn(input: Buffer): readonly string[] {
  try {
    const value: unknown = JSON.parse(input.toString('utf8'));
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export const JOURNAL_PAGE_TARGETS: readonly Target[] = [page];
