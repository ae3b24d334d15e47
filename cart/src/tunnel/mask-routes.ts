/** The part of the cart API that speaks of what is covered on the screen. Decision 0050. */
import { maskView, unmaskAsk } from '@chaperone/protocol/cart-api/masks.ts';
import type { MaskView } from '@chaperone/protocol/cart-api/masks.ts';
import { keyOf, nameOf, secondsOpen } from '../unmask/unmask.ts';
import type { Call, Route } from './route.ts';

export const MASK_ROUTES: readonly Route[] = [
  { operation: 'GET masks', method: 'GET', path: '/v1/masks', isCostly: false, take: takeMasks },
  {
    operation: 'POST masks/ask',
    method: 'POST',
    path: '/v1/masks/ask',
    isCostly: true,
    take: takeAsk,
  },
];

async function takeMasks({ exchange, options }: Call): Promise<void> {
  const { session, unmasking } = options;
  const { masking, state } = unmasking;
  const nowMs = session.now().monotonicMs;
  // Whether anything is covered is the cart's word about itself; what is on its screen is not.
  const maySee = session.admits(exchange.ask('view'));
  exchange.answer(
    200,
    maskView.parse({
      rule: masking.rule.is,
      mode: masking.rule.is === 'template' ? masking.rule.mode : null,
      layouts: maySee ? [...masking.layouts] : [],
      masks: maySee
        ? masking.askable.map((key) => {
            const open = state.open.find((each) => nameOf(each.key) === nameOf(key));
            return {
              name: nameOf(key),
              secondsOpen: open === undefined ? null : secondsOpen(open, nowMs),
            };
          })
        : [],
      asked: maySee && state.asked !== null ? nameOf(state.asked.key) : null,
    } satisfies MaskView),
  );
  return Promise.resolve();
}

async function takeAsk({ exchange, options }: Call): Promise<void> {
  const ask = exchange.ask('view');
  // Before anything of it is read.
  options.session.admit(ask);
  const { mask, reason, minutes } = await exchange.json(unmaskAsk);
  options.unmasking.ask(ask, keyOf(mask), reason, minutes);
  exchange.answer(204);
}
