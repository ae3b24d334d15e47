/** Goal: no secret and no row's value gets into the log. Method: lines are caught as they would be written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UniqueViolation } from '../database/database-error.ts';
import { Secret } from '../secret/secret.ts';
import { createLog, describeFault, silentLog } from './log.ts';
import type { Log, LogLevel } from './log.ts';

function caught(
  act: (log: Log) => void,
  level: LogLevel = 'info',
): readonly Record<string, unknown>[] {
  const lines: string[] = [];
  act(createLog({ level, destination: { write: (line) => lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line says when, how grave, from which process, and what', () => {
  const [line] = caught((log) => log.child({ zone: 'vault' }).info({ records: 3 }, 'sealed'));
  assert(line !== undefined && !Number.isNaN(Date.parse(String(line['time']))));
  assert.deepEqual(
    { ...line, time: '' },
    {
      level: 'info',
      time: '',
      pid: process.pid,
      zone: 'vault',
      records: 3,
      msg: 'sealed',
    },
  );
});

test('secrets and members with telling names are cut out', () => {
  const lines = caught((log) => {
    log.info({ key: new Secret('hunter2'), password: 'hunter2', deep: { token: 'hunter2' } }, 'a');
    log.info({ req: { headers: { authorization: 'Basic hunter2', cookie: 'hunter2' } } }, 'b');
  });
  assert(!JSON.stringify(lines).includes('hunter2'));
  assert.equal(lines[0]?.['key'], '<secret>');
  assert.equal(lines[0]?.['password'], '<redacted>');
});

test('an error keeps its code and causes, and loses what a driver hung on it', () => {
  const driver = Object.assign(new Error('duplicate'), {
    code: '23505',
    detail: 'Key (name)=(SMITH^JANE)',
  });
  const [line] = caught((log) =>
    log.error({ err: new UniqueViolation(['name'], { cause: driver }) }, 'x'),
  );
  const text = JSON.stringify(line);
  assert(text.includes('DATABASE_UNIQUE_VIOLATION') && text.includes('23505'));
  assert(!text.includes('SMITH'));
});

test('a chain of causes that bites its tail is described, and so is what is no error', () => {
  const fault = new Error('a');
  fault.cause = fault;
  assert.equal(describeFault(fault).cause?.message, 'a');
  assert.deepEqual(describeFault('SMITH^JANE'), {
    type: 'string',
    message: 'something that is no error was thrown',
  });
});

test('an error whose words come from a peer does not fill the log', () => {
  const [line] = caught((log) => log.error({ err: new Error('k'.repeat(1_000_000)) }, 'x'));
  assert(JSON.stringify(line).length < 6_000);
});

test('lines below the level are left out', () => {
  assert.equal(caught((log) => log.debug('x')).length, 0);
  assert.equal(caught((log) => log.debug('x'), 'debug').length, 1);
  assert.equal(silentLog().isLevelEnabled('error'), false);
});
