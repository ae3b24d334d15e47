/**
 * `CONNECT screen`: a viewer's road to the cart's screen, for as long as `view` is granted, or somebody is let in to watch.
 *
 * Which of the two, the grant says that the request names. Who watches has a stream of their own from the same masked picture, and
 * no input of theirs passes.
 */
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

async function takeScreen(call: Call): Promise<void> {
  const { exchange, line, options } = call;
  const { session, presence, indicator, screenSource, unmasking, watching, log } = options;
  const { stream } = exchange;
  const ask = exchange.ask('view');
  if (watching.admits(ask.grantId)) return await takeWatched(call, ask.grantId);
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
      !unmasking.isAsking &&
      !watching.isAsking,
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

async function takeWatched({ exchange, line, options }: Call, grantId: string): Promise<void> {
  const { session, presence, indicator, screenSource, watching, log } = options;
  const { stream } = exchange;
  watching.admit(grantId);
  if (stream.destroyed || stream.closed) return;
  const stop = new AbortController();
  line.watched?.stop();
  stream.respond({ ':status': 200 });
  const screen = openScreen({
    source: screenSource,
    viewer: stream,
    activities: ['view'],
    isPanelOnDisplay: presence.isShared,
    blockedKeys: options.blockedKeys,
    inputAllowed: () => false,
    paused: () => !watching.admits(grantId),
    excludedRegions: () => [...indicator.regions(), ...presence.regions()],
    // What is watched keeps no session alive: only who holds it does.
    onBytes: () => undefined,
    onInputRefused: () => session.inputRefused(),
    signal: stop.signal,
  });
  const opened = { screen, stop: () => stop.abort() };
  line.watched = opened;
  const release = line.guard.watch({
    ask: () => watching.admits(grantId),
    livesThroughPause: false,
    cut: opened.stop,
  });
  const { reason, error, counts } = await screen.done;
  release();
  if (line.watched === opened) line.watched = null;
  stream.close();
  log.info({ reason, fault: error ?? undefined, ...counts }, 'a watched screen has ended');
}
