// Goal: names that say nothing are refused, and names that a standard gave are not.
// Method: single paths and declarations, and one small tree.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { declarationFindings, nameFindings, pathFindings } from './names.ts';

describe('paths', () => {
  for (const file of [
    'cart/src/screen/RfbReader.ts',
    'cart/src/screen/rfb_reader.ts',
    'gateway/src/platform/utils/clock.ts',
    'gateway/src/desk/user-list.ts',
    'gateway/src/desk/index.ts',
    'panel/src/base.css',
  ]) {
    test(`refuses ${file}`, () => assert.equal(pathFindings(file).length, 1));
  }
  for (const file of [
    'gateway/src/edge/client-hello.ts',
    'protocol/src/text/base64url.test.ts',
    'gateway/src/platform/database/database.ts',
    'panel/vite.config.ts',
  ]) {
    test(`accepts ${file}`, () => assert.deepEqual(pathFindings(file), []));
  }
});

describe('declarations', () => {
  for (const text of [
    'export class SessionManager {}',
    'interface User {}',
    '  function clientOf() {}',
    'export async function baseHandler() {}',
    'const HELPERS = [];',
    'type TicketId = string;',
  ]) {
    test(`refuses ${text.trim()}`, () => assert.equal(declarationFindings(text).length, 1));
  }
  for (const text of [
    'export function readClientHello() {}',
    'const queryClient = new QueryClient();',
    'export const BASE64URL = /x/;',
    '  const client = connect();',
    '// function helper() {}',
    '/* class Manager {} */ export class Grant {}',
    "throw new Refused('a user function');",
  ]) {
    test(`accepts ${text.trim()}`, () => assert.deepEqual(declarationFindings(text), []));
  }
});

test('a tree is read file by file', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'names-'));
  try {
    mkdirSync(path.join(root, 'domain/src/id'), { recursive: true });
    writeFileSync(path.join(root, 'domain/package.json'), '{}');
    writeFileSync(path.join(root, 'domain/src/id/id.ts'), 'export type UserId = string;\n');
    const findings = nameFindings(root);
    assert.equal(findings.length, 1);
    assert.match(findings[0] ?? '', /^domain\/src\/id\/id\.ts: UserId/);
  } finally {
    rmSync(root, { recursive: true });
  }
});
