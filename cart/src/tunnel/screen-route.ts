/** `CONNECT screen`: a viewer's road to the cart's screen, for as long as `view` is granted. */
import { isInSession } from '@chaperone/domain/session/state.ts';
import { openScreen } from '../screen/screen.ts';
import type { Call, Route } from './route.ts';

export const SCREEN_ROUTE: Route = {
  operation: 'CONNECT screen',
  method: 'CONNECT',
  path: 'screen',
  isCostly: true,
  take: takeScreen,
};

async function takeScreen({ exchange, line, options }: Call): Promise<void> {
  const { session, presence, indicator, screenSource, unmasking, log } = options;
  const { stream } = exchange;
  const ask = exchange.ask('view');
  const control = exchange.ask('control');
  // Each opening of the screen is recorded, and that it may be worked on.
  await session.begin(ask, true);
  if (session.admits(control)) await session.begin(control, true);
  const { grant } = session.admit(ask);
  if (stream.destroyed || stream.closed) return;

  const stop = new AbortController();
  // A technician who opens the screen anew (a page that was loaded again) takes it over.
  line.screen?.stop();
  stream.respond({ ':status': 200 });
  const screen = openScreen({
    source: screenSource,
    viewer: stream,
    activities: grant.activities,
    isPanelOnDisplay: presence.isShared,
    blockedKeys: options.blockedKeys,
    // The operator's own hand comes first, and so does a question to them.
    inputAllowed: () =>
      session.admits(control) &&
      presence.isClear() &&
      !session.isOperatorAtWork &&
      !unmasking.isAsking,
    paused: () => isInSession(session.state) && session.state.paused,
    excludedRegions: () => [...indicator.regions(), ...presence.regions()],
    onBytes: () => session.stillActive(),
    // That the operator is at work is nobody's attempt at anything.
    onInputRefused: () => {
      if (!session.isOperatorAtWork) session.inputRefused();
    },
    signal: stop.signal,
  });
  const opened = { screen, stop: () => stop.abort() };
  line.screen = opened;
  session.screenOpened(1);
  const release = line.guard.watch({ ask, livesThroughPause: true, cut: opened.stop });
  const { reason, error, counts } = await screen.done;
  release();
  if (line.screen === opened) line.screen = null;
  session.screenOpened(-1);
  stream.close();
  log.info({ reason, fault: error ?? undefined, ...counts }, 'a screen has ended');
}
