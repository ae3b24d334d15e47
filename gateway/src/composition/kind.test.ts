/**
 * Goal: what was established for a demo never runs as production, and the other way round.
 * Method: a gateway established as one kind, started as the other.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { AuthorityOfAnotherKind } from '../authority/establishment/establishment.ts';
import { establishGateway, startGateway } from '../composition.ts';
import { silentLog } from '../platform/log/log.ts';
import { demoConfiguration } from './testing/gateway-harness.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-kind-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const given = { log: silentLog() };

for (const demo of [true, false]) {
  test(`established ${demo ? 'for a demo' : 'for production'}, it does not start as the other`, async () => {
    const directory = mkdtempSync(path.join(folder, 'kind-'));
    const configuration = {
      ...demoConfiguration(directory),
      // People of a file of its own are not read before the authority is open.
      directory: { kind: 'demo' as const },
    };
    await establishGateway({ ...configuration, demo }, { by: 'test' }, given);
    await assert.rejects(
      startGateway({ ...configuration, demo: !demo }, given),
      AuthorityOfAnotherKind,
    );
  });
}
