/**
 * The mask editor's part of the engineer's panel API: same gate, same credential (`engineer.ts`). Decision 0056.
 *
 * | request | body | answer |
 * |---|---|---|
 * | `GET /api/engineer/masks` | | `maskState` |
 * | `POST /api/engineer/masks/snapshot` | `takeSnapshot` | `tookSnapshot`: the cart's own display, not covered; it stays in the agent |
 * | `GET /api/engineer/masks/picture` | | the same as PNG; 404 without one |
 * | `POST /api/engineer/masks/try` | `tryMasks` | `triedMasks`: what would be covered of the snapshot |
 * | `POST /api/engineer/masks/save` | `maskDrawing` | 204: it counts from the next session on |
 * | `POST /api/engineer/masks/remove` | `{layout}` | 204 |
 * | `GET /api/engineer/masks/file` | | the templates that were drawn here, as a file of templates |
 * | `POST /api/engineer/masks/import` | `{text}`, such a file | 204: its layouts for this model are added, or replace those of their names |
 *
 * The snapshot is forgotten when the engineer page is closed, and with the next one.
 */
import { MASK_MODES } from '@chaperone/domain/mask/mask.ts';
import { z } from 'zod';

const LAYOUTS_MAX = 64;
const AREAS_MAX = 32;
/** Of a file of templates. */
const FILE_CHARACTERS_MAX = 1024 * 1024;
/** Seconds until the picture is taken: time to bring another page of the system onto the display. */
export const SNAPSHOT_AFTER_S = [0, 5, 15] as const;

const coordinate = z.number().int().min(0).max(65_535);
const maskArea = z.strictObject({
  ...{ x: coordinate, y: coordinate, width: coordinate, height: coordinate },
});
const text = z.string().max(60);
const labels = z.strictObject({ en: text.optional(), de: text.optional(), es: text.optional() });
const mask = z.strictObject({
  name: z.string().max(40),
  area: maskArea,
  label: labels.optional(),
});
const areas = z.array(maskArea).max(AREAS_MAX);

/** A layout as it is drawn on a snapshot; judged by the cart as `chaperone cart mask add` does. */
export const maskDrawing = z.strictObject({
  layout: z.string().max(40),
  anchors: areas,
  masks: z.array(mask).max(AREAS_MAX),
  clear: areas,
  /** What is clear whatever is on the screen. Absent: as it is. */
  alwaysClear: areas.optional(),
});
export type MaskDrawing = z.infer<typeof maskDrawing>;

export const maskState = z.object({
  model: z.string(),
  mode: z.enum(MASK_MODES),
  /** What the next session is under: `nothing`: nothing is covered; `unknown-model`: everything is. */
  rule: z.enum(['off', 'nothing', 'unknown-model', 'template']),
  /** The cart passes its screen on as the source encodes it, so that nothing can be covered. */
  isRelayed: z.boolean(),
  /** Why what was drawn here cannot be used; everything is covered then. */
  trouble: z.string().nullable(),
  /** Null: no template knows this model. */
  size: z.object({ width: coordinate, height: coordinate }).nullable(),
  alwaysClear: areas,
  /** Whether the configuration's template says what is clear in every layout, so that it cannot be drawn here. */
  isClearInstalled: z.boolean(),
  layouts: z
    .array(
      z.object({
        name: z.string(),
        /** Drawn at this cart; else installed with the configuration. */
        isOwn: z.boolean(),
        ...{ anchors: areas, masks: z.array(mask).max(AREAS_MAX), clear: areas },
      }),
    )
    .max(LAYOUTS_MAX),
});
export type MaskState = z.infer<typeof maskState>;

export const takeSnapshot = z.strictObject({ afterSeconds: z.literal([...SNAPSHOT_AFTER_S]) });
export const tookSnapshot = z.object({
  ...{ width: coordinate, height: coordinate },
  /** What it is recognised as by the templates in force. */
  layouts: z.array(z.string()).max(LAYOUTS_MAX),
});
export type TookSnapshot = z.infer<typeof tookSnapshot>;

/** Null: with the templates as they are. */
export const tryMasks = z.strictObject({ drawing: maskDrawing.nullable() });
export const triedMasks = z.object({
  /** What the snapshot is recognised as; none: it is unknown. */
  layouts: z.array(z.string()).max(LAYOUTS_MAX),
  /** What would be covered of it; areas may overlap. */
  covered: z.array(maskArea).max(20_000),
  /** What would be covered of a screen that no layout fits. */
  unknown: z.array(maskArea).max(20_000),
});
export type TriedMasks = z.infer<typeof triedMasks>;

export const removeLayout = z.strictObject({ layout: z.string().max(40) });
export const importMasks = z.strictObject({ text: z.string().max(FILE_CHARACTERS_MAX) });
