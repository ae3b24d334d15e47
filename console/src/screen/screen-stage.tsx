/**
 * The cart's screen with everything that must be known while looking at it: who is in, what is allowed, how long, and why
 * nothing moves. On other pages of the case it stays in view, small and without input.
 */
import { Expand, Hand, HeartPulse, Maximize2, Minimize2, PauseCircle, Unplug } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { SessionDetail } from '../api/desk.ts';
import { useSecondsLeft } from '../part/now.ts';
import { Button } from '../part/button.tsx';
import { formatDuration } from '../words/format.ts';
import { sentenceOf } from '../words/problem.ts';
import { WORDS } from '../words/words.ts';
import { useSignedIn } from '../route/signed-in.tsx';
import { SCREEN_WORDS } from '../words/screen.ts';
import { useOpenParts } from './mask-state.tsx';
import { FrozenMark, FrozenPicture, useFrozen } from './frozen-picture.tsx';
import { MeasureLayer, MeasurePanel, NOT_MEASURED, useMeasuring } from './measure-layer.tsx';
import { SessionBar } from './session-bar.tsx';
import { ScreenViewer } from './screen-viewer.ts';
import type { ScreenState } from './screen-viewer.ts';
import type { Shown } from './snapshot.ts';
import { useFitted, useView } from './use-view.ts';
import { usePan } from './use-pan.ts';
import { sizeOf } from './view-mode.ts';
import { ViewTools } from './view-tools.tsx';

/** How long the hint stays after somebody clicked into a screen that takes no input, milliseconds. */
const HINT_MS = 3_000;

interface ScreenStageProps {
  readonly caseId: string;
  readonly session: SessionDetail;
  /** When the session was heard of, `Date.now()`. */
  readonly heardMs: number;
  readonly isSmall: boolean;
  /** As who holds the session, or as who watches it. */
  readonly how: 'hold' | 'watch';
  readonly resumeTrouble: ReactNode;
  readonly onExpand: () => void;
}

export function ScreenStage(props: ScreenStageProps): ReactNode {
  const { caseId, session, heardMs, isSmall, how } = props;
  const { state, activities, paused, isHeartbeatExpected } = session;
  const isUsable = state === 'granted' || state === 'open';
  const canView = activities.includes('view');
  const canControl = activities.includes('control') && isUsable && !isSmall;
  const [view, setView] = useView(useSignedIn().me.technician.id);
  const [isFull, setIsFull] = useState(false);
  const stage = useRef<HTMLElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [viewer] = useState(() => new ScreenViewer(desk.screenAddress(caseId, how)));
  const shown = useSyncExternalStore(viewer.subscribe, viewer.now);
  const picture = useSyncExternalStore(viewer.subscribe, viewer.picture);
  const refusal = useSyncExternalStore(viewer.subscribe, viewer.refusal);
  const [hint, showHint] = useHint();
  const size = useSyncExternalStore(viewer.subscribe, viewer.size);
  const isSilent = useSyncExternalStore(viewer.subscribe, viewer.silent);
  const isHeldOff = session.interlock !== null;
  const isAllowed = isUsable && canView && !isHeldOff;
  // Nothing made of the picture is shown, kept or measured but under these terms.
  const isRight = isAllowed && !paused && shown === 'shown';
  // In silence nothing is on view; a copy that is right waits for the cart to be heard on the same stream.
  const isShown = isRight && !isSilent;
  const partsOpen = useOpenParts(caseId, isAllowed ? session.grant : null);
  const { frozen, toggle: toggleFreeze } = useFrozen(viewer, session, isRight, partsOpen);
  const [measuring, setMeasuring] = useMeasuring(isShown ? size : null);
  const isMeasuring = measuring !== null && !isSmall;
  const isFrozen = frozen !== null;
  // On a picture that stands still nobody steers.
  const isSteering = canControl && !isFrozen && !isMeasuring;
  const sheet = isSmall ? null : sizeOf(view, size, devicePixelRatio);
  const scroller = useRef<HTMLDivElement>(null);
  const fitted = useFitted(scroller, size);
  const isPanned = sheet !== null && !isSteering && !isMeasuring;
  const pan = usePan(isPanned);

  useEffect(() => {
    viewer.setPlace(place.current);
    viewer.follow({
      ...{ isAllowed, isPaused: paused, isViewOnly: !isSteering },
      isHeartbeatExpected,
    });
  }, [viewer, isAllowed, paused, isSteering, isHeartbeatExpected]);
  const onView = (): Shown | null => {
    const canvas = frozen?.canvas ?? viewer.canvas();
    if (!isShown || canvas === null) return null;
    const { takenMs, picture: was } = frozen ?? { takenMs: Date.now(), picture };
    return { canvas, picture: was, takenMs };
  };
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
          how={how}
          session={session}
          heardMs={heardMs}
          picture={paused ? null : picture}
          fullIcon={isFull ? Minimize2 : Maximize2}
          fullLabel={isFull ? WORDS.session.leaveFullScreen : WORDS.session.fullScreen}
          onFull={toggleFull}
        />
      )}
      {!isSmall && (
        <ViewTools
          caseId={caseId}
          how={how}
          viewer={viewer}
          view={view}
          fitted={fitted}
          onView={setView}
          isShown={isShown}
          isFrozen={isFrozen}
          onFreeze={toggleFreeze}
          isMeasuring={isMeasuring}
          onMeasure={() => setMeasuring(isMeasuring ? null : NOT_MEASURED)}
          shown={onView}
          canControl={canControl && isShown && !isFrozen}
        />
      )}
      <div className="stage__place">
        <div
          ref={scroller}
          className={sheet === null ? 'stage__scroll' : 'stage__scroll stage__scroll--zoomed'}
          data-pan={isPanned ? 'on' : undefined}
          {...pan}
          {...(sheet === null
            ? {}
            : { tabIndex: 0, role: 'region', 'aria-label': SCREEN_WORDS.zoomed })}
        >
          <div
            className={view !== 'fit' && view >= 200 ? 'sheet sheet--large' : 'sheet'}
            style={sheet ?? undefined}
          >
            <div
              ref={place}
              className="stage__screen"
              data-state={isSilent ? 'silent' : shown}
              onPointerDown={() => {
                if (!canControl && sheet === null && !isSmall && shown === 'shown') showHint();
              }}
            />
            {frozen !== null && isShown && !isSmall && <FrozenPicture frozen={frozen} />}
            {isMeasuring && size !== null && (
              <MeasureLayer
                size={size}
                measuring={measuring}
                onMeasure={setMeasuring}
                onClose={() => setMeasuring(null)}
              />
            )}
          </div>
        </div>
        {frozen !== null && isShown && !isSmall && <FrozenMark frozen={frozen} />}
        {isMeasuring && (
          <MeasurePanel
            measuring={measuring}
            onMeasure={setMeasuring}
            onClose={() => setMeasuring(null)}
          />
        )}
        {!canView && !isHeldOff && isUsable && !isSmall && <NoView />}
        {hint && !isSmall && !paused && (
          <p className="stage__hint" aria-live="polite">
            {WORDS.session.viewOnlyHint}
          </p>
        )}
        <Cover
          {...props}
          screen={shown}
          refusal={refusal}
          isSilent={isSilent}
          onTakeOver={() => viewer.takeOver()}
        />
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
  /** Why it cannot be recorded, and so is not shown. */
  readonly refusal: string | null;
  readonly isSilent: boolean;
  readonly onTakeOver: () => void;
}

/** Why the picture does not move. What the operator did comes before what the line does. */
function Cover(props: CoverProps): ReactNode {
  const { session, heardMs, screen, refusal, isSilent, isSmall } = props;
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
  if (session.interlock !== null) {
    return (
      <div className="cover cover--paused" aria-live="polite">
        <HeartPulse aria-hidden className="cover__icon" />
        <p className="cover__title">{words.interlocked}</p>
        {!isSmall && <p>{words.interlockedLead}</p>}
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
  if (screen === 'shown' && isSilent) {
    return (
      <div className="cover cover--interrupted" aria-live="polite">
        <Unplug aria-hidden className="cover__icon" />
        <p className="cover__title">{words.silent}</p>
        {!isSmall && <p>{words.silentLead}</p>}
      </div>
    );
  }
  if (screen === 'shown') return null;
  if (refusal !== null) {
    return (
      <div className="cover cover--plain" aria-live="polite">
        <p className="cover__title">{words.notRecordable}</p>
        <p>{sentenceOf(refusal)}</p>
      </div>
    );
  }
  return (
    <div className="cover cover--plain" aria-live="polite">
      <p>{screen === 'lost' ? words.screenLost : words.connecting}</p>
    </div>
  );
}
