/** No indicator of its own on the display: because the panel is the display, or because the cart was set up so. */
import type { Indicator, IndicatorReport } from './indicator-contract.ts';

/** Makes one that shows nothing and says that nothing is missing. @param reason null: the panel is the display */
export function noIndicator(reason: string | null): Indicator {
  let tell: (report: IndicatorReport) => void = () => undefined;
  return {
    kind: reason === null ? 'panel' : 'none',
    reason,
    show: () => tell({ type: 'seen' }),
    hide: () => undefined,
    regions: () => [],
    onReport: (listener) => {
      tell = listener;
    },
  };
}
