/**
 * Goal: what carts carry is summed by session and by month, over interruptions, restarts and the end of a month, and a session
 * that nobody granted leaves nothing behind.
 * Method: links whose counts the test sets, a real database, a clock of the test's choice.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import {
  forEachDatabase,
  type OpenTestDatabase,
} from '../../platform/database/testing/database-suite.ts';
import { systemRandom } from '../../platform/random/random.ts';
import type { Database } from '../../platform/database/database.ts';
import { CASE_MIGRATIONS, ServiceCases } from '../service-case/service-case.ts';
import { SESSION_MIGRATIONS } from '../session/session.ts';
import type { SessionTables } from '../session/session.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
import { Traffic, TRAFFIC_MIGRATIONS } from './traffic.ts';
import type { TrafficTables } from './tables.ts';

const CART = 'US-1';
const NOVEMBER = Date.UTC(2026, 10, 30, 23, 59);

class CountingLink {
  bytes = 0;
  readonly ending = new AbortController();
  readonly ended = this.ending.signal;
  readonly identity = { serial: parseCartSerial(CART) };
  readonly hello;

  constructor(session: SessionId) {
    this.hello = { session };
  }
}

interface Counted {
  readonly traffic: Traffic;
  /** A cart connects. */
  connect(session: SessionId): CountingLink;
  nowMs: number;
}

function count(database: Database): Counted {
  let tell: ((link: CartLink) => void) | null = null;
  const counted = { nowMs: NOVEMBER } as Counted & { traffic: Traffic };
  const clock = { utcMs: () => counted.nowMs } as never;
  const log = { warn: (_: object, text: string) => assert.fail(text) } as never;
  const traffic = new Traffic(
    { database, clock, log },
    { onLink: (listener) => (tell = listener) },
  );
  return Object.assign(counted, {
    traffic,
    connect: (session: SessionId) => {
      const link = new CountingLink(session);
      tell?.(link as unknown as CartLink);
      return link;
    },
  });
}

async function prepared(open: OpenTestDatabase) {
  const database = await open([...CASE_MIGRATIONS, ...SESSION_MIGRATIONS, ...TRAFFIC_MIGRATIONS]);
  const session = newId('session', systemRandom);
  const caseId = newId('case', systemRandom);
  const technician = newId('technician', systemRandom);
  const cart = parseCartSerial(CART);
  const { store: cases } = new ServiceCases({ database } as never, null as never, {
    designatedBy: 'lead',
    isHoldProposed: async () => false,
    exportsOwed: async () => 0,
    keepRule: async () => undefined,
  });
  const opened = { openedUtcMs: 1, openedBy: technician, number: 'SC-2026-0001', detail: 'x' };
  await cases.add({ id: caseId, facility: 'F', cart, ...opened, designated: [] });
  const grantSession = async (): Promise<void> => {
    const row: SessionTables['remote_session'] = {
      ...{ session_id: session, grant_id: newId('grant', systemRandom), case_id: caseId, cart },
      ...{ technician_id: technician, workstation_id: newId('workstation', systemRandom) },
      ...{ workstation_key: 'w', cart_key: 'c', grant_jws: 'a.b.c', state: 'granted' },
      ...{ granted_at: 2, ended_at: null, end_reason: null, receipt_jws: null },
    };
    await database.db<SessionTables>().insertInto('remote_session').values(row).execute();
  };
  return { database, session, grantSession };
}

forEachDatabase('bytes carried', (open) => {
  test('a session and a month are summed over interruptions and restarts', async () => {
    const { database, session, grantSession } = await prepared(open);
    const first = count(database);
    const link = first.connect(session);
    link.bytes = 1_000;
    await grantSession();
    await first.traffic.write();
    link.bytes = 1_500;
    assert.deepEqual(first.traffic.of(CART, session), { sessionBytes: 1_500, monthBytes: 1_500 });
    link.ending.abort();
    await first.traffic.close();
    const second = count(database);
    const again = second.connect(session);
    await second.traffic.write();
    again.bytes = 200;
    assert.deepEqual(second.traffic.of(CART, session), { sessionBytes: 1_700, monthBytes: 1_700 });
    assert.equal((await second.traffic.months()).get(CART), 1_700);
    await second.traffic.close();
  });

  test('another month begins at nothing, and the session goes on', async () => {
    const { database, session, grantSession } = await prepared(open);
    await grantSession();
    const counted = count(database);
    const link = counted.connect(session);
    link.bytes = 700;
    await counted.traffic.write();
    counted.nowMs += 120_000;
    assert.deepEqual(counted.traffic.of(CART, session), { sessionBytes: 700, monthBytes: 0 });
    link.bytes = 1_000;
    await counted.traffic.close();
    assert.deepEqual(counted.traffic.of(CART, session), { sessionBytes: 1_000, monthBytes: 300 });
    assert.equal((await counted.traffic.months()).get(CART), 300);
  });

  test('two links of a cart are summed; a session that nobody granted has no row', async () => {
    const { database, session } = await prepared(open);
    const counted = count(database);
    for (const each of [session, newId('session', systemRandom)]) {
      counted.connect(each).bytes = 50;
    }
    await counted.traffic.close();
    assert.equal((await counted.traffic.months()).get(CART), 100);
    assert.deepEqual(counted.traffic.of(CART, session), { sessionBytes: 50, monthBytes: 100 });
    const rows = database.db<TrafficTables>().selectFrom('session_traffic').selectAll();
    assert.deepEqual(await rows.execute(), []);
  });
});
