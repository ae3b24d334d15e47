/** Pictures that a technician's page sends: what is kept has pixels and nothing else, within its memory. */
import { SNAPSHOT_PIXELS_MAX, checkPNG } from '@chaperone/gateway/desk/snapshot/check-png.ts';
import { SnapshotNotPNG } from '@chaperone/gateway/desk/snapshot/snapshot-error.ts';
import { chunk, soundPNG } from '@chaperone/gateway/desk/snapshot/testing/make-png.ts';
import type { Target } from '../target.ts';
import { holds } from '../target.ts';

const KINDS = ['IHDR', 'IDAT', 'IEND', 'PLTE', 'tEXt', 'iTXt', 'sRGB', 'gAMA', 'eXIf'];

const snapshot: Target = {
  name: 'desk-snapshot',
  entry: 'gateway/src/desk/snapshot/check-png.ts › checkPNG',
  refusals: [SnapshotNotPNG],
  limits: 'as many pixels as its header says, and at most what inflating may take',
  form: 'bytes',
  words: KINDS,
  seeds: () => [soundPNG(8, 6), soundPNG(1, 1)],
  // Chunks whose checksums are right, in an order of chance: changed bytes hardly ever come so far.
  vary: (chance) => {
    const sound = soundPNG(4, 3);
    const kind = KINDS[chance.below(KINDS.length)] ?? 'IHDR';
    const extra = chunk(kind, Buffer.alloc(chance.below(40), chance.below(256)));
    const at = [8, 33, sound.length - 12, sound.length][chance.below(4)] ?? 8;
    return Buffer.concat([sound.subarray(0, at), extra, sound.subarray(at)]);
  },
  feed: async (input) => {
    const { width, height } = await checkPNG(input);
    holds(width * height <= SNAPSHOT_PIXELS_MAX && width * height > 0, 'too many pixels');
    return { width, height };
  },
};

export const PICTURE_TARGETS: readonly Target[] = [snapshot];
