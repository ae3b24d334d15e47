/**
 * The cart's screen with everything that must be known while looking at it: who is in, what is allowed, how long, and why
 * nothing moves. On other pages of the case it stays in view, small and without input.
 */
import { Expand, Hand, Maximize2, Minimize2, PauseCircle, Unplug } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { SessionDetail } from '../api/desk.ts';
import { useSecondsLeft } from '../part/now.ts';
import { Button } from '../part/button.tsx';
import { formatDuration } from '../words/format.ts';
import { WORDS } from '../words/words.ts';
import type { Scale } from './open-screen.ts';
import { SessionBar } from './session-bar.tsx';
import { ScreenViewer } from './screen-viewer.ts';
import type { ScreenState } from './screen-viewer.ts';

/** How long the hint stays after somebody clicked into a screen that takes no input, milliseconds. */
const HINT_MS = 3_000;

interface ScreenStageProps {
  readonly caseId: string;
  readonly session: SessionDetail;
  /** When the session was heard of, `Date.now()`. */
  readonly heardMs: number;
  readonly isSmall: boolean;
  readonly resumeTrouble: ReactNode;
  readonly onExpand: () => void;
}

export function ScreenStage(props: ScreenStageProps): ReactNode {
  const { caseId, session, heardMs, isSmall } = props;
  const { state, activities, paused } = session;
  const isUsable = state === 'granted' || state === 'open';
  const canView = activities.includes('view');
  const canControl = activities.includes('control') && isUsable && !isSmall;
  const [scale, setScale] = useState<Scale>('fit');
  const [isFull, setIsFull] = useState(false);
  const stage = useRef<HTMLElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [viewer] = useState(() => new ScreenViewer(desk.screenAddress(caseId)));
  const shown = useSyncExternalStore(viewer.subscribe, viewer.now);
  const [hint, showHint] = useHint();
  const isAllowed = isUsable && canView;
  const shownScale = isSmall ? 'fit' : scale;

  useEffect(() => {
    viewer.setPlace(place.current);
    viewer.follow({ isAllowed, isPaused: paused, isViewOnly: !canControl, scale: shownScale });
  }, [viewer, isAllowed, paused, canControl, shownScale]);
  useEffect(() => () => viewer.close(), [viewer]);
  useEffect(() => {
    const follow = (): void => setIsFull(document.fullscreenElement === stage.current);
    document.addEventListener('fullscreenchange', follow);
    return () => document.removeEventListener('fullscreenchange', follow);
  }, []);
  useEffect(() => {
    // Before noVNC sees it: otherwise nobody with a keyboard only could ever leave the cart's screen.
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || !event.shiftKey) return;
      if (!(event.target instanceof HTMLCanvasElement)) return;
      event.preventDefault();
      event.stopPropagation();
      viewer.release();
      stage.current?.querySelector('button')?.focus();
    };
    document.addEventListener('keydown', listen, { capture: true });
    return () => document.removeEventListener('keydown', listen, { capture: true });
  }, [viewer]);

  const toggleFull = (): void => {
    if (isFull) void document.exitFullscreen();
    else void stage.current?.requestFullscreen();
  };
  return (
    <section
      ref={stage}
      className={isSmall ? 'stage stage--small' : 'stage'}
      aria-label={WORDS.session.screen}
    >
      {!isSmall && (
        <SessionBar
          caseId={caseId}
          session={session}
          heardMs={heardMs}
          scale={scale}
          onScale={setScale}
          fullIcon={isFull ? Minimize2 : Maximize2}
          fullLabel={isFull ? WORDS.session.leaveFullScreen : WORDS.session.fullScreen}
          onFull={toggleFull}
        />
      )}
      <div className="stage__place">
        <div
          ref={place}
          className="stage__screen"
          data-state={shown}
          onPointerDown={() => {
            if (!canControl && !isSmall && shown === 'shown') showHint();
          }}
        />
        {!canView && isUsable && !isSmall && <NoView />}
        {hint && !isSmall && !paused && (
          <p className="stage__hint" aria-live="polite">
            {WORDS.session.viewOnlyHint}
          </p>
        )}
        <Cover {...props} screen={shown} onTakeOver={() => viewer.takeOver()} />
        {isSmall && (
          <button
            type="button"
            className="stage__expand"
            aria-label={WORDS.session.backToScreen}
            title={WORDS.session.backToScreen}
            onClick={props.onExpand}
          >
            <Expand aria-hidden className="icon" />
          </button>
        )}
      </div>
    </section>
  );
}

function useHint(): [boolean, () => void] {
  const [shownAt, setShownAt] = useState(0);
  useEffect(() => {
    if (shownAt === 0) return undefined;
    const timer = setTimeout(() => setShownAt(0), HINT_MS);
    return () => clearTimeout(timer);
  }, [shownAt]);
  return [shownAt > 0, () => setShownAt(performance.now())];
}

function NoView(): ReactNode {
  return (
    <div className="cover cover--plain">
      <p className="cover__title">{WORDS.session.noView}</p>
      <p>{WORDS.session.noViewLead}</p>
    </div>
  );
}

interface CoverProps extends ScreenStageProps {
  readonly screen: ScreenState;
  readonly onTakeOver: () => void;
}

/** Why the picture does not move. What the operator did comes before what the line does. */
function Cover({ session, heardMs, screen, isSmall, ...props }: CoverProps): ReactNode {
  const words = WORDS.session;
  const left = useSecondsLeft(session.secondsLeft, heardMs);
  if (session.state === 'interrupted') {
    const isBack = session.challenge !== null;
    return (
      <div className="cover cover--interrupted" aria-live="polite">
        <Unplug aria-hidden className="cover__icon" />
        <p className="cover__title">{isBack ? words.resuming : words.interrupted}</p>
        {!isSmall && <p>{words.interruptedLead}</p>}
        <p className="cover__count" aria-hidden>
          {left === null ? '' : `${words.countdown} ${formatDuration(left)}`}
        </p>
        {props.resumeTrouble}
      </div>
    );
  }
  if (session.paused) {
    return (
      <div className="cover cover--paused" aria-live="polite">
        <PauseCircle aria-hidden className="cover__icon" />
        <p className="cover__title">{words.paused}</p>
        {!isSmall && <p>{words.pausedLead}</p>}
      </div>
    );
  }
  if (!session.activities.includes('view')) return null;
  if (screen === 'replaced') {
    return (
      <div className="cover cover--plain" aria-live="polite">
        <p className="cover__title">{words.replaced}</p>
        <Button icon={Hand} onPress={props.onTakeOver}>
          {words.takeOver}
        </Button>
      </div>
    );
  }
  if (screen === 'shown') return null;
  return (
    <div className="cover cover--plain" aria-live="polite">
      <p>{screen === 'lost' ? words.screenLost : words.connecting}</p>
    </div>
  );
}
