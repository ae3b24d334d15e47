/** Looking through a content and all that is inside it, within limits. */
export { INNER_ZIP_BYTES_MAX, inspect } from './inspection.ts';
export type { Finding, PartScan } from './inspection.ts';
export { Meter, RATIO_FLOOR_BYTES } from './meter.ts';
export type { ArchiveLimits } from './meter.ts';
