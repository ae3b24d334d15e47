/**
 * The cart's screen: where the picture comes from, and what a technician's viewer gets to see of it.
 *
 * The door of this feature. It knows nothing of grants, tunnels or the panel: they come in as functions and
 * as a stream (see `ScreenOptions`).
 */
export {
  MaskTemplatesInvalid,
  parseMaskTemplates,
  readMaskTemplates,
  type MaskTemplatesPin,
} from './mask/mask-templates.ts';
export { joinedTemplates, readSiteTemplates, writeSiteTemplates } from './mask/site-templates.ts';
export { underRule } from './mask/under-rule.ts';
export { takeSnapshot } from './mask/snapshot.ts';
export {
  addLayout,
  admitMaskDrawing,
  MaskDrawingRefused,
  previewMasks,
  readMaskDrawing,
  writeMaskTemplates,
} from './mask/template-making.ts';
export { pictureOf, type Picture } from './picture/picture.ts';
export { Masking } from './mask/masking.ts';
export { isExecutable, reEncoded } from './re-encoder/re-encoder.ts';
export { openScreen } from './relay/relay.ts';
export type {
  Screen,
  ScreenCounts,
  ScreenEnd,
  ScreenEndReason,
  ScreenOptions,
} from './relay/screen-options.ts';
export type { InputRefusal } from './relay/input-filter.ts';
export { connectSource, type ScreenSourceConfiguration } from './source/connect-source.ts';
export type { ScreenSource } from './source/source.ts';
