/**
 * Chains that were retired: nothing is issued under them any more, and nothing of them is in force. It cannot be taken
 * back; a new chain takes a new authority.
 *
 * The gateway's own listeners keep their certificates: who still dials is refused by a gateway that it can recognise.
 */
import type { DatabaseView } from '../../platform/database/database-view.ts';
import type { CertificateEntry, Chain, RetirableChain } from './registry-port.ts';
import { certificateOf } from './rows.ts';
import type { AuthorityTables } from './tables.ts';

export async function isChainRetired(view: DatabaseView, chain: Chain): Promise<boolean> {
  const row = await view
    .db<AuthorityTables>()
    .selectFrom('authority_retired_chain')
    .select('chain')
    .where('chain', '=', chain)
    .executeTakeFirst();
  return row !== undefined;
}

/** Retires a chain and revokes what it gave, in the transaction of the view. Answers with what it revoked. */
export async function retireChain(
  view: DatabaseView,
  chain: RetirableChain,
  nowMs: number,
): Promise<readonly CertificateEntry[]> {
  const db = view.db<AuthorityTables>();
  await db
    .insertInto('authority_retired_chain')
    .values({ chain, retired_at: nowMs })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const rows = await db
    .updateTable('authority_certificate')
    .set({ state: 'revoked', revoked_at: nowMs, revocation_reason: 'retired' })
    .where('chain', '=', chain)
    .where('holder_kind', '<>', 'server')
    .where('state', '<>', 'revoked')
    .returningAll()
    .execute();
  return rows.map(certificateOf);
}
