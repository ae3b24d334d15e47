/**
 * Goal: a cart takes on a root only by the word of the newest that it holds, never takes one back, and no other word changes what
 * it believes, whatever a captured gateway answers. Method: a scripted gateway over real TLS that proves itself by one root and
 * says whatever it is told to; a cart whose identity lies in a temporary directory; random orders of honest words.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import fc from 'fast-check';
import { TestAuthority } from '../platform/testing/test-authority.ts';
import { EnrolmentAnswerRefused } from './enrolment-error.ts';
import { loadIdentity, storeIdentity } from './identity.ts';
import { takeNewRoots } from './renew.ts';

const NAME = 'gateway.test';
const SERIAL = parseCartSerial('US-1');
/** One name for all, as the roots of one service centre have it. */
const ROOTS = 'Test cart root';

let first: TestAuthority;
let second: TestAuthority;
let third: TestAuthority;
let stranger: TestAuthority;
let workstations: TestAuthority;
before(async () => {
  const make = async (): Promise<TestAuthority> => await TestAuthority.make('p256-sha3-256', ROOTS);
  [first, second, third, stranger] = [await make(), await make(), await make(), await make()];
  workstations = await TestAuthority.make('p256-sha256', 'Workstations');
});

interface Scene extends AsyncDisposable {
  readonly asked: string[];
  /** What the gateway answers next. */
  says(by: TestAuthority, roots: readonly TestAuthority[], atSeconds?: number): Promise<void>;
  /** Fingerprints that the cart asked to hold, or null when nothing was new. */
  take(refusal?: Error): Promise<readonly string[] | null>;
  held(): Promise<readonly string[]>;
}

const START_SECONDS = Math.floor(Date.now() / 1000);

async function setScene(): Promise<Scene> {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-roots-'));
  // A gateway that a cart knows by the first root; what it says is another matter.
  const server = await first.server(NAME);
  const cart = await first.cart(SERIAL);
  await storeIdentity(directory, {
    keyPem: cart.keyPem,
    certificatePem: cart.pem,
    cartRootPem: first.pem,
    ...(await first.anchors(workstations, { issuedAtMs: START_SECONDS * 1000 })),
  });
  let answer = '';
  const asked: string[] = [];
  const https = createServer({ key: server.keyPem, cert: server.pem }, (request, response) => {
    asked.push(request.url ?? '');
    response.end(answer);
  });
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  const { port } = https.address() as AddressInfo;
  const held = async (): Promise<readonly string[]> => {
    const { cartRootPem } = await loadIdentity(directory);
    return [first, second, third, stranger]
      .filter(({ pem }) => cartRootPem.includes(pem))
      .map(({ fingerprint }) => fingerprint);
  };
  return {
    asked,
    held,
    says: async (by, roots, atSeconds = 0) => {
      const issuing = roots.at(-1)?.fingerprint ?? '';
      const change = {
        issuedAtMs: (START_SECONDS + atSeconds) * 1000,
        ...(roots.length > 1 ? { roots: roots.map(({ pem }) => pem), issuing } : {}),
      };
      answer = (await by.anchors(workstations, change)).anchorsJWS;
    },
    take: async (refusal) => {
      const taken = await takeNewRoots(
        {
          directory,
          gateway: { host: '127.0.0.1', port, serverName: NAME },
          proxy: { kind: 'none' },
          signal: AbortSignal.timeout(20_000),
        },
        async () => {
          if (refusal !== undefined) throw refusal;
        },
      );
      equal(readdirSync(path.join(directory, 'identities')).length, 1);
      return taken === null ? null : await held();
    },
    [Symbol.asyncDispose]: async () => {
      https.closeAllConnections();
      https.close();
      await once(https, 'close');
      rmSync(directory, { recursive: true });
    },
  };
}

test('a root comes in by the word of the one that is held, and from then on the newest one speaks', async () => {
  await using scene = await setScene();
  await scene.says(first, [first]);
  equal(await scene.take(), null);
  await scene.says(first, [first, second]);
  deepEqual(await scene.take(), [first.fingerprint, second.fingerprint]);
  // The old root's key alone changes nothing any more: not away with the new one, not another one beside it.
  for (const roots of [[first], [first, stranger], [stranger, first]]) {
    await scene.says(first, roots, 10);
    await rejects(scene.take(), EnrolmentAnswerRefused);
  }
  deepEqual(await scene.held(), [first.fingerprint, second.fingerprint]);
  ok(scene.asked.at(-1)?.endsWith(`?root=${second.fingerprint}`));
});

test('a root that nobody signed for, a foreign signature and an older word are refused', async () => {
  await using scene = await setScene();
  for (const [by, roots] of [
    [second, [second]],
    [second, [first, second]],
    [stranger, [first, stranger]],
  ] as const) {
    await scene.says(by, roots);
    await rejects(scene.take(), EnrolmentAnswerRefused);
  }
  await scene.says(first, [first, second], -1);
  await rejects(scene.take(), EnrolmentAnswerRefused);
  deepEqual(await scene.held(), [first.fingerprint]);
});

test('a root that goes is not let go before there is a certificate of the next one', async () => {
  await using scene = await setScene();
  await scene.says(first, [first, second]);
  await scene.take();
  await scene.says(second, [second], 1);
  equal(await scene.take(), null);
  deepEqual(await scene.held(), [first.fingerprint, second.fingerprint]);
});

test('what may not be written down is not taken on', async () => {
  await using scene = await setScene();
  await scene.says(first, [first, second]);
  const refusal = new Error('the journal is full');
  await rejects(scene.take(refusal), refusal);
  deepEqual(await scene.held(), [first.fingerprint]);
  deepEqual(await scene.take(), [first.fingerprint, second.fingerprint]);
});

test('in whatever order honest words arrive, a cart holds its own root, and never one that only a stranger named', async () => {
  const word = fc.constantFrom('first', 'both', 'newer', 'forged', 'older-forged');
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
      await using scene = await setScene();
      let hasHeard = false;
      for (const [at, said] of words.entries()) {
        if (said === 'first') await scene.says(first, [first], at);
        else if (said === 'both') await scene.says(hasHeard ? second : first, [first, second], at);
        else if (said === 'newer') await scene.says(second, [second], at);
        else if (said === 'forged') await scene.says(stranger, [first, stranger], at);
        else await scene.says(first, [first, stranger], hasHeard ? at : -1);
        await scene.take().catch((fault: unknown) => ok(fault instanceof EnrolmentAnswerRefused));
        hasHeard ||= said === 'both';
        const held = await scene.held();
        ok(held.includes(first.fingerprint));
        equal(held.includes(second.fingerprint), hasHeard);
        ok(!held.includes(stranger.fingerprint) && !held.includes(third.fingerprint));
      }
    }),
    { numRuns: 12 },
  );
});
