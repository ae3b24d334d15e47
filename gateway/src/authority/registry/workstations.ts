/** The workstations, read from the certificates that they were given: there is no other list of them that could differ. */
import { parseId } from '@chaperone/domain/id/id.ts';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { DatabaseView } from '../../platform/database/database-view.ts';
import { SeatsTaken } from './registry-port.ts';
import type { WorkstationEntry } from './registry-port.ts';
import type { AuthorityTables, CertificateRow } from './tables.ts';

type Seen = Pick<CertificateRow, 'holder_id' | 'issued_at' | 'not_after' | 'state' | 'der'>;

/** How many are named to whoever has to retire one. */
const CANDIDATES_SHOWN = 3;

/** Lists every workstation that was ever licensed, the newest first. @param nowMs UTC */
export async function listWorkstations(
  view: DatabaseView,
  nowMs: number,
): Promise<readonly WorkstationEntry[]> {
  const rows = await view
    .db<AuthorityTables>()
    .selectFrom('authority_certificate')
    .select(['holder_id', 'issued_at', 'not_after', 'state', 'der'])
    .where('holder_kind', '=', 'workstation')
    .orderBy('issued_at')
    .orderBy('serial_hex')
    .execute();
  const held = new Map<string, Seen[]>();
  for (const row of rows) {
    const own = held.get(row.holder_id);
    if (own === undefined) held.set(row.holder_id, [row]);
    else own.push(row);
  }
  return [...held.values()].map((own) => entryOf(own, nowMs)).toReversed();
}

/** Counts the workstations that are in force. @param nowMs UTC */
export async function countSeats(view: DatabaseView, nowMs: number): Promise<number> {
  const { seats } = await view
    .db<AuthorityTables>()
    .selectFrom('authority_certificate')
    .select((row) => row.fn.count<number>('holder_id').distinct().as('seats'))
    .where('holder_kind', '=', 'workstation')
    .where('state', '<>', 'revoked')
    .where('not_after', '>', nowMs)
    // What an earlier version gave has no use, and admits nobody.
    .where('use', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(seats);
}

/**
 * Makes sure that there is a seat for one more workstation; asked in the transaction that takes it.
 * @throws SeatsTaken
 */
export async function requireSeat(
  view: DatabaseView,
  seatsMax: number,
  nowMs: number,
): Promise<void> {
  if ((await countSeats(view, nowMs)) < seatsMax) return;
  const active = (await listWorkstations(view, nowMs)).filter(({ state }) => state === 'active');
  const ending = active.toSorted((one, other) => one.expiresAtMs - other.expiresAtMs);
  throw new SeatsTaken(seatsMax, ending.slice(0, CANDIDATES_SHOWN));
}

function entryOf(own: readonly Seen[], nowMs: number): WorkstationEntry {
  const [first] = own;
  if (first === undefined) throw new TypeError('A workstation has a certificate.');
  const { subject } = readCertificate(new Uint8Array(first.der));
  const standing = own.filter(({ state }) => state !== 'revoked');
  const expiresAtMs = Math.max(
    ...(standing.length > 0 ? standing : own).map((row) => row.not_after),
  );
  return {
    id: parseId('workstation', first.holder_id),
    label: subject.kind === 'workstation' ? subject.label : first.holder_id,
    enrolledAtMs: first.issued_at,
    expiresAtMs,
    state: standing.length === 0 ? 'retired' : expiresAtMs > nowMs ? 'active' : 'expired',
  };
}
