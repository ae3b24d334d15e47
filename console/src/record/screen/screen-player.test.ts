/**
 * Goal: a moment is shown exactly when all that was recorded up to it is drawn, and nothing after it; playing goes on from there, and
 * another place takes the place of what is shown only once it is there.
 * Method: a reading of made-up pieces and pictures that note what they draw; a clock that is turned by hand.
 */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import type { Piece } from './recording-reading.ts';
import { ScreenPlayer } from './screen-player.ts';

const MAGIC_BYTES = 8;

/** A key each ten seconds and a picture each second, of a minute. */
const PIECES: readonly Piece[] = Array.from({ length: 60 }, (_, second) => second).flatMap(
  (second): Piece[] => {
    const atMs = 50 + second * 1_000;
    const picture: Piece = {
      kind: 'picture',
      atMs,
      offset: MAGIC_BYTES + second * 10 + 5,
      content: Uint8Array.of(second),
    };
    const key: Piece = {
      kind: 'key',
      atMs,
      offset: MAGIC_BYTES + second * 10,
      content: Uint8Array.of(second),
    };
    return second % 10 === 0 ? [key, picture] : [picture];
  },
);
const POINTS = PIECES.filter(({ kind }) => kind === 'key').map(({ atMs, offset }) => ({
  atMs,
  offset,
}));

class NotedPicture {
  readonly begun: number;
  readonly drawn: number[] = [];
  is: 'made' | 'shown' | 'closed' = 'made';

  constructor(begun: number) {
    this.begun = begun;
  }
  async draw([second = -1]: Uint8Array): Promise<void> {
    await turn();
    this.drawn.push(second);
  }
  show(): void {
    this.is = 'shown';
  }
  close(): void {
    this.is = 'closed';
  }
}

function staged() {
  const pictures: NotedPicture[] = [];
  const clock = { ms: 0 };
  const player = new ScreenPlayer({
    reading: {
      foot: {
        durationMs: 60_000,
        bodyBytes: 1_000,
        indexOffset: 1_000,
        begunUtcMs: 0,
        isInterrupted: false,
      },
      pointBefore: (atMs) => POINTS.findLast((each) => each.atMs <= atMs) ?? { atMs: 0, offset: 0 },
      pieces: async function* (from) {
        for (const piece of PIECES) if (piece.offset >= from) yield piece;
      },
    },
    begin: ([second = -1]) => {
      const picture = new NotedPicture(second);
      pictures.push(picture);
      return picture;
    },
    nowMs: () => clock.ms,
  });
  const settled = async (): Promise<void> => {
    for (let times = 0; times < 500 && player.state().isSeeking; times += 1) await turn();
    assert.equal(player.state().isSeeking, false);
  };
  const shown = (): NotedPicture => {
    const found = pictures.filter(({ is }) => is === 'shown');
    assert.equal(found.length, 1, 'one picture is shown');
    return found[0] ?? assert.fail();
  };
  return { player, pictures, clock, settled, shown };
}

test('at its beginning the first picture is shown, although it came a moment later', async () => {
  const { player, settled, shown } = staged();
  player.start();
  await settled();
  assert.deepEqual(shown().drawn, [0]);
  player.close();
});

test('a moment is reached from the key before it, and holds nothing that came later', async () => {
  const { player, settled, shown, pictures } = staged();
  player.start();
  await settled();
  player.seek(34_500);
  await settled();
  assert.equal(shown().begun, 30);
  assert.deepEqual(shown().drawn, [30, 31, 32, 33, 34]);
  // A little on: no other picture is begun for it.
  player.seek(37_100);
  await settled();
  assert.deepEqual(shown().drawn, [30, 31, 32, 33, 34, 35, 36, 37]);
  // And back.
  player.seek(12_000);
  await settled();
  assert.deepEqual(shown().drawn, [10, 11]);
  assert.equal(pictures.filter(({ is }) => is !== 'closed').length, 1);
  player.close();
  assert.ok(pictures.every(({ is }) => is === 'closed'));
});

test('of places that are asked for one after another only the last is shown', async () => {
  const { player, settled, shown } = staged();
  player.start();
  for (const atMs of [50_000, 1_000, 30_000, 21_000]) player.seek(atMs);
  await settled();
  assert.deepEqual(shown().drawn, [20]);
  player.close();
});

test('it plays at its speed, and stands where it is paused', async () => {
  const { player, clock, settled } = staged();
  player.start();
  await settled();
  player.setSpeed(4);
  player.play();
  clock.ms += 5_000;
  player.tick();
  assert.equal(player.state().positionMs, 20_000);
  player.pause();
  clock.ms += 5_000;
  player.tick();
  assert.deepEqual([player.state().positionMs, player.state().isPlaying], [20_000, false]);
  player.by(-60_000);
  await settled();
  assert.equal(player.state().positionMs, 0);
  player.close();
});

test('what cannot be drawn stops it with the reason, and another place can be tried', async () => {
  const { player, settled, pictures } = staged();
  player.start();
  await settled();
  const [first] = pictures;
  assert.ok(first !== undefined);
  first.draw = async () => await Promise.reject(new Error('not drawn'));
  player.seek(5_000);
  for (let times = 0; times < 100 && player.state().fault === null; times += 1) await turn();
  assert.equal(player.state().fault?.message, 'not drawn');
  player.seek(41_000);
  await settled();
  assert.equal(player.state().fault, null);
  player.close();
});
