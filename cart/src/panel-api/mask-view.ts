/** What the operator's panel says of the parts of the screen that are covered. */
import { labelOf } from '@chaperone/domain/mask/mask.ts';
import type { MaskKey } from '@chaperone/domain/mask/mask.ts';
import type { PanelMask, PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { nameOf } from '../unmask/unmask.ts';
import type { Unmasking } from '../unmask/unmask.ts';

/** Of a cart that is not enrolled: nobody can see anything. */
export const NO_MASKS: PanelView['masks'] = {
  rule: 'off',
  isRecognised: false,
  asked: null,
  open: [],
};

/** @param nowMs of the monotonic clock */
export function shownMasks(
  { masking, state }: Pick<Unmasking, 'masking' | 'state'>,
  nowMs: number,
): PanelView['masks'] {
  const shown = (key: MaskKey, untilMs: number): PanelMask => ({
    name: nameOf(key),
    label: labelOf(masking.rule, key) ?? null,
    secondsLeft: Math.max(0, Math.ceil((untilMs - nowMs) / 1000)),
  });
  const { asked } = state;
  return {
    rule: masking.rule.is,
    isRecognised: masking.layouts.length > 0,
    asked:
      asked === null
        ? null
        : {
            ...shown(asked.key, asked.deadlineMonotonicMs),
            number: asked.number,
            reason: asked.reason,
            minutes: asked.minutes,
          },
    open: state.open.map(({ key, untilMonotonicMs }) => shown(key, untilMonotonicMs)),
  };
}
