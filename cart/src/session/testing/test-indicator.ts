/** Test support: the indicator of a cart whose panel is the display, for tests of something else. */
import type { Instant } from '@chaperone/domain/clock/instant.ts';
import { IndicatorKeeper, noIndicator } from '../../indicator/indicator.ts';

/** Makes one; follow it with the session that it is for. */
export function testIndicator(now: () => Instant): IndicatorKeeper {
  return new IndicatorKeeper({ indicator: noIndicator(null), now, language: () => 'en' });
}
