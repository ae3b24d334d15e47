/** Test support: the commissioning service with a real authority, a real ledger and the real enrolment road before it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { AUTHORITY_MIGRATIONS } from '../../../authority/registry/tables.ts';
import { newTestAuthority } from '../../../authority/testing/authority-harness.ts';
import { LEDGER_MIGRATIONS } from '../../../ledger/ledger-schema.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import type { OpenTestDatabase } from '../../../platform/database/testing/database-suite.ts';
import { ManualClock } from '../../../platform/testing/manual-clock.ts';
import { Enrolment } from '../../enrolment/enrolment.ts';
import {
  FACILITY_POLICY_MIGRATIONS,
  FacilityPolicies,
} from '../../facility-policy/facility-policy.ts';
import { AcceptanceReports, COMMISSIONING_MIGRATIONS, Commissioning } from '../commissioning.ts';
import { serveEnrolmentRoad } from './enrolment-road.ts';

interface Bounds {
  readonly idleTimeoutMs?: number;
  readonly burstBytes?: number;
}

/** Everything ends with the test, and nothing unexpected may have happened in it. */
export async function newRoad(
  t: TestContext,
  open: OpenTestDatabase,
  { idleTimeoutMs, ...bounds }: Bounds = {},
) {
  const clock = new ManualClock(Date.now());
  const database = await open([
    ...AUTHORITY_MIGRATIONS,
    ...LEDGER_MIGRATIONS,
    ...COMMISSIONING_MIGRATIONS,
    ...FACILITY_POLICY_MIGRATIONS,
  ]);
  const held = await newTestAuthority(database, { clock });
  const { authority } = held;
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-commissioning-'));
  const origin = 'gateway.test/chaperone-ledger';
  const ledger = await openLedger({ database, directory, origin, clock });
  const reports = new AcceptanceReports({ database, clock, ledger }, authority);
  const faults: unknown[] = [];
  const commissioning = new Commissioning({
    authority,
    reports,
    policies: new FacilityPolicies({ database, clock, ledger }),
    clock,
    software: 'Chaperone 0.0.0-test',
    ...bounds,
    report: (fault) => faults.push(fault),
  });
  const road = await serveEnrolmentRoad(
    authority,
    new Enrolment(authority, commissioning, idleTimeoutMs),
  );
  t.after(async () => {
    await road[Symbol.asyncDispose]();
    commissioning.close();
    await ledger.close();
    await held[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
    assert.deepEqual(faults, []);
  });
  return { authority, clock, database, ledger, reports, road, held };
}
