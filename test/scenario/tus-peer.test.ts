/**
 * Goal: a client of tus 1.0 that others wrote uploads to the desk, goes on over cuts from where the desk is, and sends again what was
 * spoilt on the way, not more. Method: tus-js-client as it is published, in Node, a gateway with all its parts, and a road
 * between them that is cut; each piece is counted, and one is spoilt after its checksum was made.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DefaultHttpStack, Upload } from 'tus-js-client';
import type { HttpRequest, HttpStack } from 'tus-js-client';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type {
  Technician,
  TestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { openCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import { startCutProxy } from '../harness/cut-proxy.ts';
import type { CutProxy } from '../harness/cut-proxy.ts';

const PIECE_BYTES = 1024 * 1024;
/** Eight pieces and a part of one. */
const FILE = randomBytes(8 * PIECE_BYTES + 4_321);

let gateway: TestGateway;
let road: CutProxy;
let tara: Technician;
let caseId: string;
before(async () => {
  gateway = await newTestGateway();
  const { port } = new URL(gateway.running.consoleUrl);
  road = await startCutProxy({ host: '127.0.0.1', port: Number(port) });
  tara = await gateway.signedIn('tara');
  await gateway.enrolCart();
  ({ id: caseId } = await openCase(tara));
});
after(async () => {
  await road.close();
  await gateway[Symbol.asyncDispose]();
});

/** What happens to a piece on its way, by its number from 1; each attempt counts. */
interface Journey {
  readonly spoilt?: number;
  /** The road is cut while this piece is on it, and is mended when the client tries again. */
  readonly cutAt?: number;
}

interface Outcome {
  readonly record: string | undefined;
  readonly offsets: readonly number[];
  readonly statuses: readonly number[];
}

/** The client's own way of asking, with the checksum that tus has as an extension and the client does not. */
function checkedStack({ spoilt, cutAt }: Journey, offsets: number[]): HttpStack {
  const inner = new DefaultHttpStack({});
  return {
    getName: () => 'checked',
    createRequest: (method, url) => {
      const request: HttpRequest = inner.createRequest(method, url);
      if (method !== 'PATCH') return request;
      const send = request.send.bind(request);
      request.send = async (body: unknown) => {
        assert.ok(body instanceof Uint8Array);
        offsets.push(Number(request.getHeader('Upload-Offset')));
        const digest = createHash('sha256').update(body).digest('base64');
        request.setHeader('Upload-Checksum', `sha256 ${digest}`);
        const sent = Buffer.from(body);
        if (offsets.length === spoilt) sent.writeUInt8(sent.readUInt8(1000) ^ 1, 1000);
        const answer = send(sent);
        if (offsets.length === cutAt) road.cut();
        return await answer;
      };
      return request;
    },
  };
}

async function upload(name: string, journey: Journey): Promise<Outcome> {
  const { consoleUrl } = gateway.running;
  const offsets: number[] = [];
  const statuses: number[] = [];
  const record = await new Promise<string | undefined>((resolve, reject) => {
    new Upload(FILE, {
      endpoint: `http://127.0.0.1:${road.port}/api/cases/${caseId}/uploads`,
      metadata: { filename: name, folder: 'from/tus' },
      headers: { cookie: tara.cookie, origin: consoleUrl, host: new URL(consoleUrl).host },
      chunkSize: PIECE_BYTES,
      retryDelays: [10, 10, 10, 10],
      httpStack: checkedStack(journey, offsets),
      onShouldRetry: ({ originalResponse }) => {
        statuses.push(originalResponse?.getStatus() ?? 0);
        road.mend();
        return true;
      },
      onError: reject,
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('chaperone-record')),
    }).start();
  });
  return { record, offsets, statuses };
}

async function isWhole(record: string | undefined): Promise<void> {
  const { body } = await tara.ask('GET', `/api/cases/${caseId}`);
  const list = body['recordList'] as readonly Readonly<Record<string, unknown>>[];
  const found = list.find(({ id }) => id === record);
  assert.equal(found?.['folder'], 'from/tus');
  assert.equal(found['sha256'], createHash('sha256').update(FILE).digest('base64url'));
  assert.deepEqual((await tara.ask('GET', `/api/cases/${caseId}/uploads`)).body, { uploads: [] });
}

const pieces = (...numbers: readonly number[]): readonly number[] =>
  numbers.map((each) => each * PIECE_BYTES);

test('tus-js-client goes on over a cut from where the desk is', async () => {
  const { record, offsets, statuses } = await upload('cut.bin', { cutAt: 4 });
  await isWhole(record);
  assert.deepEqual(statuses, [0]);
  // The piece that was on the road may have come before the cut, or not; none before it is sent again.
  const isThere = offsets[4] === 4 * PIECE_BYTES;
  const gone = pieces(0, 1, 2, 3, ...(isThere ? [] : [3]), 4, 5, 6, 7, 8);
  assert.deepEqual(offsets, gone);
});

test('tus-js-client sends a piece that was spoilt on the way again, and no other', async () => {
  const { record, offsets, statuses } = await upload('spoilt.bin', { spoilt: 3 });
  await isWhole(record);
  assert.deepEqual(statuses, [460]);
  assert.deepEqual(offsets, pieces(0, 1, 2, 2, 3, 4, 5, 6, 7, 8));
});
