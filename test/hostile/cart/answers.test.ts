// Goal: whatever a cart with a valid certificate answers (endless, huge, deep, short, long, wrong, with hostile names, or
// nothing at all) is refused or ends by a limit, leaves no record, and the gateway stays within its bounds.
// Method: real gateway and honest cart as processes; a scripted cart, enrolled by the real road, with a granted session.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  Interference,
  ScriptedCart,
} from '@chaperone/gateway/desk/tunnel/testing/scripted-cart.ts';
import { eventually } from '../../harness/eventually.ts';
import { Refused } from '../../harness/technician.ts';
import type { Case } from '../../harness/technician.ts';
import { startHostileStage } from './stage.ts';
import type { HostileStage } from './stage.ts';

const SERIAL = 'US-ANSWERS-1';
const MIB = 1024 * 1024;
const SESSIONS_PER_CART = 10;

let stage: HostileStage;
let cart: ScriptedCart;
let opened: Case;
let sessions = 0;
before(async () => {
  stage = await startHostileStage();
  ({ cart, opened } = await stage.enrolHostile(SERIAL));
});
after(async () => await stage[Symbol.asyncDispose]());

/** Begins a session anew: what was done before has mostly ended the last one. */
async function granted(): Promise<void> {
  cart.drop();
  sessions += 1;
  // A cart that connects more often than this is slowed by the desk, which is not the matter here.
  if (sessions % SESSIONS_PER_CART === 0) {
    ({ cart, opened } = await stage.enrolHostile(`US-ANSWERS-${sessions}`));
  }
  cart.interfere = () => false;
  cart.renew();
  await cart.connect();
  await stage.grantHostile(cart, opened);
}

/** Answers one path in the cart's name with whatever a test likes. */
function answer(path: string, how: (stream: ServerHttp2Stream) => void): void {
  cart.interfere = (stream, headers) => {
    if (headers[':path']?.startsWith(path) !== true) return false;
    how(stream);
    return true;
  };
}

const list = async (): Promise<unknown> =>
  await stage.other.call('GET', `/api/cases/${opened.id}/session/files?directory=exports`);
const code = (wanted: string) => (fault: unknown) => {
  assert.ok(fault instanceof Refused, String(fault));
  assert.equal(fault.code, wanted);
  return true;
};
const refusedFor = async (wanted: string, before: number): Promise<void> => {
  await eventually(`the entry ${wanted}`, () =>
    stage.refusals(SERIAL).slice(before).includes(wanted),
  );
};

const LISTINGS = [
  ['a million empty entries', () => `{"entries":[${'{},'.repeat(2_600_000)}{}],"truncated":false}`],
  ['four million numbers', () => `{"entries":[${'1,'.repeat(4_000_000)}1],"truncated":false}`],
  ['four million lists in each other', () => '['.repeat(4_000_000) + ']'.repeat(4_000_000)],
  [
    'half a million members that nobody asked for',
    () => `{"entries":[]${Array.from({ length: 500_000 }, (_, at) => `,"k${at}":1`).join('')}}`,
  ],
] as const;
for (const [what, make] of LISTINGS) {
  test(`answer: a listing of ${what} is not parsed`, async () => {
    await granted();
    const told = stage.refusals(SERIAL).length;
    const body = Buffer.from(make());
    await stage.attack(async () => {
      answer('/v1/files', (stream) => {
        stream.respond({ ':status': 200, 'content-type': 'application/json' });
        stream.end(body);
      });
      await assert.rejects(list(), code('CART_MISBEHAVED'));
    });
    // The ledger takes six such entries a minute and cart.
    if (told < 4) await refusedFor('ANSWER_TOO_LARGE', told);
  });
}

test('answer: a listing without end is cut off at its limit', async () => {
  await granted();
  await stage.attack(async () => {
    answer('/v1/files', (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      endless(stream, Buffer.alloc(16_384, ' '));
    });
    await assert.rejects(list(), code('CART_MISBEHAVED'));
  });
});

test('answer: names that lead out, hide or break are nowhere a file of the gateway', async () => {
  await granted();
  const names = [
    '../../../../etc/passwd',
    '..',
    '/etc/passwd',
    'C:\\windows\\x',
    'a\u0000b',
    'line\nbreak',
    '\u202egpj.exe',
    'CON',
    'x'.repeat(255),
    '',
  ];
  answer('/v1/files', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    const entries = names.map((name) => ({ name, kind: 'file', bytes: 1, modifiedUtcMs: 0 }));
    stream.end(JSON.stringify({ entries, truncated: false }));
  });
  // A list is told as it is; each file of it is judged by its name before the cart is asked for it.
  await list();
  for (const name of names.filter((each) => each !== 'x'.repeat(255) && each !== '')) {
    const asked = cart.asked.length;
    await assert.rejects(
      stage.other.fetchFile(opened.id, 'exports', name),
      code('FILE_NAME_REFUSED'),
    );
    assert.equal(cart.asked.length, asked, JSON.stringify(name));
  }
});

const CONTENT = randomBytes(600_000);
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');
/** What each lie about a file ends with; null when it only ends by the end of the session. */
const LIES: readonly (readonly [
  string,
  (stream: ServerHttp2Stream) => void,
  readonly string[] | null,
])[] = [
  [
    'a wrong digest of the whole',
    (stream) => send(stream, CONTENT.length, CONTENT, digestOf(CONTENT.subarray(1))),
    ['RECORD_DIGEST_MISMATCH'],
  ],
  [
    'one flipped bit',
    (stream) => {
      const flipped = Buffer.from(CONTENT);
      flipped[300_000] = (flipped[300_000] ?? 0) ^ 1;
      send(stream, CONTENT.length, flipped, digestOf(CONTENT));
    },
    ['RECORD_DIGEST_MISMATCH'],
  ],
  ['no digest', (stream) => send(stream, CONTENT.length, CONTENT, null), ['CART_MISBEHAVED']],
  [
    'fewer bytes than announced',
    (stream) => send(stream, CONTENT.length * 2, CONTENT, digestOf(CONTENT)),
    null,
  ],
  ['more bytes than announced', (stream) => send(stream, 1_000, CONTENT, digestOf(CONTENT)), null],
  [
    'a length beyond what is taken',
    (stream) => send(stream, Number.MAX_SAFE_INTEGER, CONTENT, null),
    ['FILE_TOO_LARGE'],
  ],
  [
    'a length beyond all numbers',
    (stream) => {
      stream.respond({ ':status': 200, etag: '"a"', 'content-length': '9'.repeat(40) });
      stream.end(CONTENT);
    },
    null,
  ],
  [
    'no length',
    (stream) => {
      stream.respond({ ':status': 200, etag: '"a"' });
      endless(stream, Buffer.alloc(16_384));
    },
    ['CART_MISBEHAVED'],
  ],
  [
    'a part that nobody asked for',
    (stream) => {
      stream.respond({ ':status': 206, etag: '"a"', 'content-length': CONTENT.length });
      stream.end(CONTENT);
    },
    ['CART_MISBEHAVED'],
  ],
];
for (const [what, how, failures] of LIES) {
  test(`answer: a file with ${what} becomes no record`, async () => {
    await granted();
    await stage.attack(async () => {
      answer('/v1/content', how);
      const { id } = await stage.other.fetchFile(opened.id, 'exports', 'study.dcm');
      if (failures === null) {
        // It is tried again for as long as the session lasts, and no longer.
        await cart.until(
          () => cart.asked.filter((each) => each.startsWith('GET /v1/content')).length > 0,
        );
        await stage.other.leave(opened.id);
      }
      const { state, failure } = await stage.other.settled(opened.id, id);
      if (failures === null && state === 'paused') {
        // The session is over, and it waits for the next one, or for its technician to drop it.
        await stage.other.act(opened.id, 'cancel', { transfer: id });
        return;
      }
      assert.equal(state, 'failed');
      assert.ok(
        (failures ?? ['CART_MISBEHAVED', 'CART_UNREACHABLE']).includes(failure ?? ''),
        String(failure),
      );
    });
    assert.deepEqual((await stage.other.case(opened.id)).recordList, []);
  });
}

test('answer: files that stand still leave places for those of an honest cart', async () => {
  await granted();
  await stage.attack(async () => {
    answer('/v1/content', (stream) => {
      stream.respond({ ':status': 200, etag: '"a"', 'content-length': MIB });
      stream.write(Buffer.alloc(1_000));
    });
    for (let at = 0; at < 12; at += 1)
      await stage.other.fetchFile(opened.id, 'exports', `study-${at}.dcm`);
    const { id } = await stage.honest.fetchFile(stage.honestCase.id, 'logs', 'system.log');
    const { state } = await stage.honest.settled(stage.honestCase.id, id);
    assert.equal(state, 'done');
  });
  await stage.other.leave(opened.id);
});

test('answer: an inbox that lies about what it holds fails the sending', async () => {
  const progress = (received: number, state: string) => (stream: ServerHttp2Stream) => {
    stream.resume();
    const transfer = `xfer-${'0'.repeat(26)}`;
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(JSON.stringify({ transfer, received, state }));
  };
  for (const [received, state] of [
    [0, 'receiving'],
    [4 * MIB, 'receiving'],
    [-1, 'receiving'],
    [Number.MAX_SAFE_INTEGER + 2, 'receiving'],
  ] as const) {
    await granted();
    const record = await stage.other.upload(opened.id, 'fix.bin', randomBytes(3 * MIB));
    answer('/v1/inbox', progress(received, state));
    const { id } = await stage.other.send(opened.id, record);
    const settled = await stage.other.settled(opened.id, id);
    assert.deepEqual(
      [settled.state, settled.failure],
      ['failed', 'CART_MISBEHAVED'],
      `${received}`,
    );
  }
});

/** What is no screen ends it, since what cannot be recorded is not shown; what may still become one is waited for. */
const SCREENS: readonly (readonly [string, Buffer])[] = [
  ['garbage', randomBytes(65_536)],
  ['rectangles of 65535 × 65535', rectangles(0, 65_535)],
  ['a cursor of 65535 × 65535', rectangles(-239, 65_535)],
  ['a desktop that changes its size without end', rectangles(-223, 65_535)],
  [
    'text for the clipboard without end',
    Buffer.concat([Buffer.of(3, 0, 0, 0, 255, 255, 255, 255), Buffer.alloc(60_000, 97)]),
  ],
];
for (const [what, bytes] of SCREENS) {
  test(`screen: ${what}, sent as fast as it goes, ends it with a code`, async () => {
    await granted();
    await stage.attack(async () => {
      cart.interfere = screenOf(bytes);
      const viewer = await stage.other.openRawScreen(opened.id);
      const [code, reason] = (await once(viewer, 'close')) as [number, Buffer];
      assert.deepEqual([code, reason.toString()], [4003, 'SCREEN_NOT_RECORDABLE']);
      await stage.other.leave(opened.id);
    });
  });
}

test('screen: a text of negative length, sent as fast as it goes, passes without filling the gateway', async () => {
  const bytes = Buffer.concat([Buffer.of(3, 0, 0, 0, 128, 0, 0, 1), Buffer.alloc(60_000)]);
  await granted();
  await stage.attack(async () => {
    cart.interfere = screenOf(bytes);
    // A browser that takes it all in, then one whose page hangs: there the cart is slowed down, nothing gathers here.
    const eager = await stage.other.openRawScreen(opened.id);
    let received = 0;
    eager.on('message', (message: Buffer) => (received += message.length));
    await eventually('pictures', () => received > 4 * MIB);
    const hanging = await stage.other.openRawScreen(opened.id);
    hanging.pause();
    await eventually('the older viewer to be replaced', () => eager.readyState === eager.CLOSED);
    let before = -1;
    await eventually('the cart to be slowed down', async () => {
      await delay(100);
      const isStill = written === before;
      before = written;
      return isStill;
    });
    const closed = once(hanging, 'close');
    await stage.other.leave(opened.id);
    hanging.resume();
    await closed;
  });
});

/** A cart whose screen says these bytes again and again, after a proper greeting. */
function screenOf(bytes: Buffer): Interference {
  return (stream, headers) => {
    if (headers[':method'] !== 'CONNECT') return false;
    stream.respond({ ':status': 200 });
    stream.write(GREETING);
    endless(stream, bytes);
    return true;
  };
}

/** RFC 6143 §7.1 to §7.3.2 as the server says it: version, security None, its result, and a screen of 64 × 64. */
const GREETING = Buffer.concat([
  Buffer.from('RFB 003.008\n'),
  Buffer.of(1, 1),
  Buffer.of(0, 0, 0, 0),
  Buffer.of(0, 64, 0, 64, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0),
]);

/** Updates of one rectangle each (RFC 6143 §7.6.1) in one encoding, of the largest size there is. */
function rectangles(encoding: number, size: number): Buffer {
  const one = Buffer.alloc(16);
  one.writeUInt16BE(1, 2);
  one.writeUInt16BE(size, 8);
  one.writeUInt16BE(size, 10);
  one.writeInt32BE(encoding, 12);
  return Buffer.concat(Array.from({ length: 1_000 }, () => one));
}

/** Bytes that `endless` could write so far. */
let written = 0;

/** Writes the same bytes until the desk wants no more. */
function endless(stream: ServerHttp2Stream, bytes: Buffer): void {
  const more = (): void => {
    let goesOn = true;
    while (goesOn && !stream.destroyed) {
      goesOn = stream.write(bytes);
      written += bytes.length;
    }
    if (!stream.destroyed) stream.once('drain', more);
  };
  stream.on('error', () => undefined);
  stream.resume();
  more();
}

/** Sends a file as the protocol has it, but for what is wrong with it. */
function send(
  stream: ServerHttp2Stream,
  announced: number,
  bytes: Buffer,
  digest: string | null,
): void {
  const headers = { ':status': 200, etag: '"a"', 'content-length': announced };
  stream.respond(headers, { waitForTrailers: true });
  stream.on('wantTrailers', () =>
    stream.sendTrailers(digest === null ? {} : { 'repr-digest': `sha-256=:${digest}:` }),
  );
  stream.on('error', () => undefined);
  stream.end(bytes);
}
