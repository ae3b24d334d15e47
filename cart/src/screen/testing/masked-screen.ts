/**
 * Test support: a device's screen of which it is known where patient data stands, drawn in colours that nothing else has; the mask
 * template of that device; and a viewer that is told when it was sent one of these colours.
 */
import { createHash, randomInt } from 'node:crypto';
import type { MaskArea } from '@chaperone/domain/mask/mask-area.ts';
import type { MaskTemplate } from '@chaperone/domain/mask/mask.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { anchorDigest } from '../mask/anchor.ts';
import { Picture } from '../picture/picture.ts';
import { ScriptedSource } from './scripted-source.ts';

/** Odd, so that tiles at the edges are cut. */
export const SIZE = { width: 471, height: 353 };
const FOOTER: MaskArea = { x: 0, y: 336, width: 471, height: 17 };
export const CINE: MaskArea = { x: 41, y: 60, width: 280, height: 221 };
const BURNED_IN: MaskArea = { x: 150, y: 123, width: 90, height: 41 };
const ANCHORS: readonly MaskArea[] = [
  { x: 9, y: 300, width: 63, height: 29 },
  { x: 401, y: 7, width: 50, height: 24 },
];
/** Over the film and a corner of an anchor. */
export const POP_UP: MaskArea = { x: 240, y: 20, width: 180, height: 130 };
const LINE: MaskArea = { x: 81, y: 1, width: 300, height: 23 };
const WORKLIST: MaskArea = { x: 335, y: 61, width: 131, height: 199 };
const TABLE: MaskArea = { x: 10, y: 33, width: 451, height: 251 };

export const LAYOUTS = ['exam', 'list'] as const;
/** `unknown`: nothing of a layout; `shifted`: an examination a few pixels off; `pop-up`: one with something over it. */
export const SCENES = [...LAYOUTS, 'unknown', 'shifted', 'pop-up'] as const;
export type Scene = (typeof SCENES)[number];

/** Patient data: pure red, of which the low bits differ. */
const SECRET = 0xff_0000;
const GROUND = { exam: 0x20_3040, list: 0x30_4050 } as const;

/** Whether a pixel is in a colour of patient data, also after a lossy encoder. */
export function isSecret(pixel: number): boolean {
  const [red, green, blue] = [(pixel >> 16) & 255, (pixel >> 8) & 255, pixel & 255];
  return red > 140 && green < 90 && blue < 90;
}

/** Random numbers that a seed repeats. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
export const newSeed = (): number => randomInt(2 ** 31);

/** Draws a scene. What is not to be seen in it is in the colours of patient data. */
export class MaskedScreen {
  readonly picture: Picture;
  readonly #random: (below: number) => number;
  readonly #isStrict: boolean;
  scene: Scene = 'exam';

  /** @param isStrict whether what no template calls clear counts as patient data, too */
  constructor(random: (below: number) => number, isStrict: boolean, size = SIZE) {
    this.picture = new Picture(size);
    this.#random = random;
    this.#isStrict = isStrict;
  }

  /** Draws all of a scene, with a colour in the part that is always clear. */
  paint(scene: Scene, sign: number): void {
    this.scene = scene;
    const { picture } = this;
    const isOwnSize = picture.width === SIZE.width && picture.height === SIZE.height;
    if (!isOwnSize || scene === 'unknown') {
      this.#secret(picture.area);
    } else if (scene === 'shifted') {
      this.#layout('exam');
      const by = 1 + this.#random(6);
      picture.pixels.copyWithin(by, 0, picture.pixels.length - by);
      // Whatever it is, it is not recognised: all of it may be patient data, but for the anchors that are off.
      for (const area of [LINE, WORKLIST, CINE]) this.#secret(area);
    } else if (scene === 'pop-up') {
      this.#layout('exam');
      for (const area of [LINE, WORKLIST, CINE, POP_UP]) this.#secret(area);
    } else {
      this.#layout(scene);
    }
    if (isOwnSize) this.#fill(FOOTER, () => sign);
    this.scene = scene;
  }

  /** Draws the next frame of the film, as a device does whatever is on its screen. */
  film(): void {
    if (this.scene === 'list') return;
    if (this.scene !== 'exam') return this.#secret(CINE);
    const phase = this.#random(200);
    this.#fill(CINE, (x, y) => {
      const grey = (x * 3 + y * 2 + phase + this.#random(60)) % 190;
      return (grey << 16) | (grey << 8) | grey;
    });
    this.#secret(BURNED_IN);
  }

  #layout(layout: 'exam' | 'list'): void {
    const { picture } = this;
    if (this.#isStrict) this.#secret(picture.area);
    else picture.fill(GROUND[layout]);
    for (const area of ANCHORS) this.#fill(area, (x, y) => patternOf(layout, x, y));
    if (layout === 'list') return this.#secret(TABLE);
    this.scene = 'exam';
    this.film();
    for (const area of [LINE, WORKLIST]) this.#secret(area);
  }

  #secret(area: MaskArea): void {
    this.#fill(area, () => SECRET | (this.#random(32) << 8) | this.#random(32));
  }

  #fill({ x, y, width, height }: MaskArea, colour: (x: number, y: number) => number): void {
    const { picture } = this;
    for (let row = y; row < Math.min(y + height, picture.height); row += 1) {
      for (let column = x; column < Math.min(x + width, picture.width); column += 1) {
        picture.pixels[row * picture.width + column] = colour(column, row);
      }
    }
  }
}

function patternOf(layout: 'exam' | 'list', x: number, y: number): number {
  const digest = createHash('sha256')
    .update(`${layout} ${x >> 2} ${y >> 2}`)
    .digest();
  return 0x10_5080 + ((digest[0] ?? 0) & 63);
}

/** The template of this device. */
export function templateOf(model: string): MaskTemplate {
  const layouts = LAYOUTS.map((name) => {
    const screen = new MaskedScreen(seeded(1), false);
    screen.paint(name, 0);
    return {
      name,
      anchors: ANCHORS.map((area) => ({ area, sha256: [anchorDigest(screen.picture, area)] })),
      masks:
        name === 'list'
          ? [{ name: 'table', area: TABLE }]
          : [
              { name: 'line', area: LINE },
              { name: 'burned-in', area: BURNED_IN },
              { name: 'worklist', area: WORKLIST },
            ],
      clear: name === 'list' ? [] : [CINE],
    };
  });
  return { model, size: SIZE, clear: [FOOTER], layouts };
}

/** Writes areas of a picture as one update, Raw. */
export function updateOf(picture: Picture, areas: readonly MaskArea[]): Buffer {
  const rectangles = areas.flatMap((area) => {
    const pixels = picture.crop(area);
    // What the fourth byte is, is the server's own affair.
    const bytes = Buffer.from(pixels.map((pixel) => (pixel | 0xa5_000000) >>> 0).buffer);
    return [writeRectangleHeader(area, ENCODING.raw), bytes];
  });
  return Buffer.concat([writeUpdateHeader(areas.length), ...rectangles]);
}

/** Writes that there is another size from here on, as an update of its own or before some areas. */
export function resizeOf(picture: Picture): Buffer {
  return Buffer.concat([
    writeUpdateHeader(1),
    writeRectangleHeader(picture.area, ENCODING.desktopSize),
  ]);
}

/** A source that only says what a test writes to it. */
export function quietSource(): ScriptedSource {
  return new ScriptedSource(SIZE, () => undefined);
}

/** Cuts all of a picture into bands, in any order. */
export function bandsOf({ width, height }: Picture, random: (below: number) => number): MaskArea[] {
  const bands: MaskArea[] = [];
  for (let y = 0; y < height;) {
    const rows = Math.min(height - y, 20 + random(90));
    bands.push({ x: 0, y, width, height: rows });
    y += rows;
  }
  return bands
    .map((band) => ({ band, at: random(1000) }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ band }) => band);
}
