/**
 * Goal: every expected error has one row, nothing unexpected leaks, and docs/errors.md says what the table says.
 * Method: the sources are read for declared codes; real Fastify refusals and faults with telling messages are turned
 * into problems.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fastify from 'fastify';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { problem as problemSchema } from '@chaperone/protocol/cart-api/schema.ts';
import { DatabaseFull, DatabaseMisconfigured } from '../database/database-error.ts';
import { assertCurrent } from '../testing/generated-document.ts';
import { PROBLEM_TABLE } from './problem-table.ts';
import type { ProblemCode } from './problem-table.ts';
import { describeProblems, isUnexpected, problemOf, toProblem } from './problem.ts';

const ROOT = path.join(import.meta.dirname, '../../../..');
const FRAMEWORK = [
  'INTERNAL_FAULT',
  'MEDIA_TYPE_UNSUPPORTED',
  'REQUEST_MALFORMED',
  'REQUEST_TOO_LARGE',
  'ROUTE_NOT_FOUND',
];

class Unlisted extends DomainError {
  readonly code: string = 'NEVER_LISTED';
}

function declaredCodes(): ReadonlyMap<string, string> {
  const files = globSync('{domain,protocol,deidentification,gateway}/src/**/*.ts', { cwd: ROOT });
  const codes = new Map<string, string>();
  for (const file of files.filter((one) => !one.endsWith('.test.ts'))) {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    for (const [, code = ''] of text.matchAll(/readonly code(?:: [^=]+)? = '([A-Z0-9_]+)'/g)) {
      const elsewhere = codes.get(code);
      assert(elsewhere === undefined, `${code} is declared in ${elsewhere} and in ${file}`);
      codes.set(code, file);
    }
  }
  return codes;
}

test('each code that is declared has a row, once, and each row has its code', () => {
  const declared = declaredCodes();
  assert(declared.size > 20);
  const lacking = [...declared].filter(([code]) => !Object.hasOwn(PROBLEM_TABLE, code));
  assert.deepEqual(lacking, [], 'add these codes to problem-table.ts');
  const orphans = Object.keys(PROBLEM_TABLE).filter((code) => !declared.has(code));
  assert.deepEqual(orphans.toSorted(), FRAMEWORK, 'no error has these codes any more');
});

test('each row is a status that refuses and a title, and makes a valid problem', () => {
  for (const code of Object.keys(PROBLEM_TABLE) as ProblemCode[]) {
    const problem = problemSchema.parse(problemOf(code, 'why'));
    assert(problem.status >= 400 && problem.status <= 599);
    assert.match(problem.title, /^[A-Z][^.]+$/);
    assert.match(problem.type, /^urn:chaperone:problem:[a-z0-9-]+$/);
  }
});

test("a DomainError's message is the detail, its cause stays behind", () => {
  const problem = toProblem(new DatabaseFull({ cause: new Error('SMITH^JANE') }));
  assert.equal(problem.status, 507);
  assert.equal(
    problem.detail,
    'The disk that holds the database is full. Make room on it, then try again.',
  );
  assert(!JSON.stringify(problem).includes('SMITH'));
});

test('a row that hides its detail does so', () => {
  const problem = toProblem(new DatabaseMisconfigured('The password of the account is wrong.'));
  assert(!('detail' in problem));
});

test('whatever is unexpected looks the same and says nothing', () => {
  const faults = [new Error('secret'), new Unlisted('secret'), 'secret', null, { statusCode: 400 }];
  for (const fault of faults) {
    assert.deepEqual(toProblem(fault), problemOf('INTERNAL_FAULT'));
    assert(isUnexpected(fault));
  }
  const posing = Object.assign(new Error('secret'), { statusCode: 400, code: 'ELSEWHERE' });
  assert.deepEqual(toProblem(posing), problemOf('INTERNAL_FAULT'));
});

test('what Fastify refuses keeps its status and names members, not values', async () => {
  const server = fastify({ bodyLimit: 64 });
  server.setErrorHandler(async (fault, _request, reply) => {
    const problem = toProblem(fault);
    await reply.status(problem.status).send(problem);
  });
  const body = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
  server.post('/', { schema: { body } }, async () => 'ok');
  const post = async (payload: string, type = 'application/json'): Promise<unknown> => {
    const headers = { 'content-type': type };
    const answer = await server.inject({ method: 'POST', url: '/', headers, payload });
    const { status, code, detail } = problemSchema.parse(answer.json());
    return [status, code, detail];
  };
  assert.deepEqual(await post('{"age":"SMITH"}'), [
    400,
    'REQUEST_MALFORMED',
    'Wrong in the body: /age.',
  ]);
  assert.deepEqual(await post('{'), [400, 'REQUEST_MALFORMED', undefined]);
  assert.deepEqual(await post(`"${'x'.repeat(100)}"`), [413, 'REQUEST_TOO_LARGE', undefined]);
  assert.deepEqual(await post('x', 'text/html'), [415, 'MEDIA_TYPE_UNSUPPORTED', undefined]);
  await server.close();
});

test('docs/errors.md says what the table says', () => {
  assertCurrent('errors.md', describeProblems());
});
