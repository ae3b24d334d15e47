/**
 * The cart's screen: where the picture comes from, and what a technician's viewer gets to see of it.
 *
 * The door of this feature. It knows nothing of grants, tunnels or the panel: they come in as functions and
 * as a stream (see `ScreenOptions`).
 */
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
