/** Makes the indicator that the cart's configuration asks for. */
import type { Log } from '../platform/log.ts';
import type { Indicator } from './indicator-contract.ts';
import { noIndicator } from './no-indicator.ts';
import { X11Indicator } from './x11/x11-indicator.ts';

export type IndicatorSettings =
  | {
      readonly kind: 'x11';
      readonly display: string;
      readonly xauthority: string | null;
      readonly devices: readonly string[] | null;
    }
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'panel' };

/** Makes one; nothing is connected before it is shown. */
export function makeIndicator(
  settings: IndicatorSettings,
  parts: { readonly monotonicMs: () => number; readonly log: Log },
): Indicator {
  switch (settings.kind) {
    case 'x11':
      return new X11Indicator({ ...settings, ...parts });
    case 'none':
      return noIndicator(settings.reason);
    case 'panel':
      return noIndicator(null);
  }
}
