/** Target of the only place where the cart inflates what its screen source sent: after a pause. */
import { constants, deflateSync } from 'node:zlib';
import { TightRestart } from '@chaperone/cart/screen/relay/tight-restart.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import {
  ServerMessageParser,
  writeRectangleHeader,
  writeUpdateHeader,
} from '@chaperone/protocol/rfb/server-message.ts';
import { writeCompactLength } from '@chaperone/protocol/rfb/tight-length.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';
import { FORMATS, SIZE } from './rfb.ts';

const AREA = { x: 0, y: 0, width: 16, height: 16 };
const RECTANGLE_BYTES_MAX = 40 * 1024 * 1024;

function tight(control: number[], plain: Buffer, isFirst: boolean): Buffer {
  const flush = { finishFlush: constants.Z_SYNC_FLUSH };
  const deflated = deflateSync(plain, flush).subarray(isFirst ? 0 : 2);
  const content = Buffer.concat([
    Buffer.from(control),
    writeCompactLength(deflated.length),
    deflated,
  ]);
  return Buffer.concat([writeRectangleHeader(AREA, ENCODING.tight), content]);
}

function update(rectangles: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.of(0), writeUpdateHeader(rectangles.length), ...rectangles]);
}

const restart: Target = {
  name: 'screen-tight-restart',
  entry: 'cart/src/screen/relay/tight-restart.ts › TightRestart.apply (zlib)',
  refusals: [MalformedRFB],
  limits: '32 MiB inflated; no more than the rectangle has pixels',
  form: 'bytes',
  weight: 0.3,
  seeds: () => [
    update([
      tight([0x00], Buffer.alloc(16 * 16 * 3, 9), true),
      tight([0x00], Buffer.alloc(16 * 16 * 3, 8), false),
    ]),
    update([tight([0x50, 1, 1, 0, 0, 0, 9, 9, 9], Buffer.alloc(32, 0x5a), true)]),
    update([
      Buffer.concat([writeRectangleHeader(AREA, ENCODING.tight), Buffer.from([0x80, 1, 2, 3])]),
    ]),
  ],
  feed: (input) => {
    const format = FORMATS[(input[0] ?? 0) % FORMATS.length] ?? FORMATS[0];
    const parser = new ServerMessageParser(SIZE, format);
    const restarted = new TightRestart();
    parser.push(input.subarray(1));
    let passed = 0;
    for (let unit = parser.next(); unit !== null; unit = parser.next()) {
      if (unit.type !== 'rectangle' || unit.encoding !== ENCODING.tight) continue;
      if (format === undefined) break;
      const again = restarted.apply(unit.bytes, unit.area, format);
      holds(again.length < RECTANGLE_BYTES_MAX, 'a rectangle grew');
      // It reads as a rectangle of the same kind.
      const reader = new ServerMessageParser(SIZE, format);
      reader.push(Buffer.concat([writeUpdateHeader(1), again]));
      reader.next();
      holds(reader.next()?.type === 'rectangle', 'what was made is no rectangle');
      passed += 1;
    }
    return passed;
  },
};

export const TIGHT_TARGETS: readonly Target[] = [restart];
