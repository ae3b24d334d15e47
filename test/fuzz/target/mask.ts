/** Targets of masks: templates and drawings that somebody made, and pictures of a display that were kept. */
import {
  MaskTemplatesInvalid,
  parseMaskTemplates,
} from '@chaperone/cart/screen/mask/mask-templates.ts';
import {
  MaskDrawingRefused,
  readMaskDrawing,
} from '@chaperone/cart/screen/mask/template-making.ts';
import { readOwnPNG, writePNG } from '@chaperone/cart/platform/drawing/png.ts';
import { isInside } from '@chaperone/domain/mask/mask-area.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const AREA = { x: 1, y: 2, width: 3, height: 4 };
const MASKS = [{ name: 'line', area: AREA, label: { en: 'Line', de: 'Zeile' } }];
const LAYOUT = {
  name: 'exam',
  anchors: [{ area: AREA, sha256: ['a'.repeat(64)] }],
  masks: MASKS,
  clear: [AREA],
};
const TEMPLATE = {
  model: 'M',
  size: { width: 20, height: 10 },
  clear: [{ x: 0, y: 9, width: 20, height: 1 }],
  layouts: [LAYOUT],
};

export const MASK_TARGETS: readonly Target[] = [
  {
    name: 'mask-templates',
    entry: 'cart/src/screen/mask/mask-templates.ts › parseMaskTemplates',
    refusals: [MaskTemplatesInvalid],
    limits: 'one MiB, 100 templates, 32 layouts, 8 anchors and 32 masks each',
    form: 'json',
    seeds: () => [
      Buffer.from(JSON.stringify({ version: 1, templates: [TEMPLATE] })),
      Buffer.from(JSON.stringify({ version: 1, templates: [] })),
    ],
    feed: (input) => {
      const templates = parseMaskTemplates(input.toString('utf8'));
      for (const { size, layouts } of templates)
        for (const { masks } of layouts)
          holds(
            masks.every(({ area }) => isInside(area, size)),
            'a mask lies beside the screen',
          );
      return templates.length;
    },
  },
  {
    name: 'mask-drawing',
    entry: 'cart/src/screen/mask/template-making.ts › readMaskDrawing',
    refusals: [MaskDrawingRefused],
    limits: '64 KiB, 8 anchors, 32 masks',
    form: 'json',
    seeds: () => [
      Buffer.from(
        JSON.stringify({
          layout: 'exam',
          anchors: [AREA],
          masks: MASKS,
          clear: [],
          alwaysClear: [AREA],
        }),
      ),
    ],
    feed: (input) => readMaskDrawing(input.toString('utf8')),
  },
  {
    name: 'mask-snapshot',
    entry: 'cart/src/platform/drawing/png.ts › readOwnPNG',
    refusals: [],
    limits: '33 million pixels; anything but its own writing gives nothing',
    form: 'bytes',
    seeds: () => [
      writePNG({ width: 2, height: 2, pixels: Uint32Array.of(1, 2, 0xff_ffff, 4) }),
      writePNG({ width: 9, height: 1, pixels: new Uint32Array(9) }),
    ],
    feed: (input) => readOwnPNG(input)?.pixels.length,
  },
];
