/** The quiet line over the cart's screen: what is allowed, how long still, and the way out. */
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  CircleCheck,
  CircleDot,
  Eye,
  EyeOff,
  Film,
  Hand,
  HeartOff,
  Keyboard,
  LogOut,
  MousePointer2,
  TriangleAlert,
  Users,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { PictureState } from '@chaperone/protocol/rfb/picture-state.ts';
import { desk } from '../api/desk.ts';
import type { SessionDetail } from '../api/desk.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { Button, IconButton } from '../part/button.tsx';
import { useSecondsLeft } from '../part/now.ts';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { formatDuration } from '../words/format.ts';
import { WATCHING_WORDS } from '../words/watching.ts';
import { WORDS } from '../words/words.ts';
import { Carried } from './carried.tsx';
import { MaskState } from './mask-state.tsx';

interface SessionBarProps {
  readonly caseId: string;
  readonly how: 'hold' | 'watch';
  readonly session: SessionDetail;
  readonly heardMs: number;
  readonly picture: PictureState | null;
  readonly fullIcon: LucideIcon;
  readonly fullLabel: string;
  readonly onFull: () => void;
}

/** From here on the time left is shown with weight, seconds. */
const SHORT_S = 300;

export function SessionBar(props: SessionBarProps): ReactNode {
  const { caseId, how, session, heardMs, picture } = props;
  const words = WORDS.session;
  const [asksToEnd, setAsksToEnd] = useState(false);
  const isInterrupted = session.state === 'interrupted';
  const heldShort = isInterrupted ? null : heldWords(session);
  const left = useSecondsLeft(isInterrupted ? null : session.secondsLeft, heardMs);
  const canSeeMasks = session.activities.includes('view') && !session.paused && !isInterrupted;
  const canControl = session.activities.includes('control');
  return (
    <div className="bar">
      <span className={`bar__state bar__state--${heldShort === null ? session.state : 'paused'}`}>
        {heldShort ?? stateWords(how, session)}
      </span>
      <span className="bar__what">
        {session.activities.map((each) => WORDS.activitiesShort[each]).join(' · ')}
      </span>
      {session.activities.includes('view') && (
        <span className="bar__note" title={hintWords(how, canControl)}>
          {canControl ? (
            <MousePointer2 aria-hidden className="icon icon--small" />
          ) : (
            <Eye aria-hidden className="icon icon--small" />
          )}
          {canControl ? words.controlling : words.viewOnly}
        </span>
      )}
      {canControl && (
        <span className="bar__note bar__note--keys" title={words.controlHint}>
          <Keyboard aria-hidden className="icon icon--small" />
          <kbd>Shift</kbd>
          <kbd>Esc</kbd>
        </span>
      )}
      {picture !== null && <Picture state={picture} />}
      {session.activities.includes('view') && <Recorded />}
      {canSeeMasks && session.grant !== null && <MaskState caseId={caseId} grant={session.grant} />}
      {session.activities.includes('view') && !session.isHeartbeatExpected && (
        <span className="bar__note" title={words.withoutHeartbeatHint}>
          <HeartOff aria-hidden className="icon icon--small" />
          {words.withoutHeartbeat}
        </span>
      )}
      {canControl && session.operatorActive && (
        <span className="bar__note bar__note--warning" aria-live="polite">
          <Hand aria-hidden className="icon icon--small" />
          {words.operatorActive}
        </span>
      )}
      {session.inputRefused > 0 && (
        <span className="bar__note bar__note--warning" aria-live="polite">
          <TriangleAlert aria-hidden className="icon icon--small" />
          {words.inputRefused(session.inputRefused)}
        </span>
      )}
      {how === 'hold' && <WatchedNote watching={session.watching} />}
      <span className="top__space" />
      <Carried caseId={caseId} />
      {left !== null && (
        <span className={left < SHORT_S ? 'bar__left bar__left--short' : 'bar__left'}>
          {formatDuration(left)} {words.left}
        </span>
      )}
      <IconButton icon={props.fullIcon} label={props.fullLabel} onPress={props.onFull} />
      {how === 'watch' ? (
        <StopWatching caseId={caseId} />
      ) : (
        <Button kind="danger" icon={LogOut} onPress={() => setAsksToEnd(true)}>
          {words.end}
        </Button>
      )}
      {asksToEnd && <EndDialog caseId={caseId} onClose={() => setAsksToEnd(false)} />}
    </div>
  );
}

function stateWords(how: 'hold' | 'watch', { state, technicianName }: SessionDetail): string {
  if (how === 'hold') return WORDS.session.states[state];
  return WATCHING_WORDS.state(technicianName ?? WATCHING_WORDS.nobody);
}

function hintWords(how: 'hold' | 'watch', canControl: boolean): string {
  if (how === 'watch') return WATCHING_WORDS.hint;
  return canControl ? WORDS.session.controlHint : WORDS.session.viewOnlyHint;
}

/** Who else sees the screen, for who holds the session. */
function WatchedNote({ watching }: Pick<SessionDetail, 'watching'>): ReactNode {
  if (watching === null || watching.name === null) return null;
  const { name, state } = watching;
  return (
    <span className="bar__note" aria-live="polite" title={WATCHING_WORDS.watchedHint}>
      <Users aria-hidden className="icon icon--small" />
      {state === 'granted' ? WATCHING_WORDS.watchedBy(name) : WATCHING_WORDS.wantsToWatch(name)}
    </span>
  );
}

function StopWatching({ caseId }: { readonly caseId: string }): ReactNode {
  const stop = useMutation({
    mutationFn: () => desk.leaveWatch(caseId),
    onSuccess: (session) => queryClient.setQueryData(queries.session(caseId).queryKey, session),
  });
  return (
    <Button icon={EyeOff} isBusy={stop.isPending} onPress={() => stop.mutate()}>
      {WATCHING_WORDS.stop}
    </Button>
  );
}

/** What holds everything off at the cart; null: nothing does. */
function heldWords({ interlock, paused }: SessionDetail): string | null {
  if (interlock !== null) return WORDS.session.interlockedShort;
  return paused ? WORDS.session.pausedShort : null;
}

/** It changes with every freeze, so that it is not read out by itself. */
function Picture({ state }: { readonly state: PictureState }): ReactNode {
  const Icon = state === 'exact' ? CircleCheck : Film;
  return (
    <span className="bar__note" data-picture={state} title={WORDS.session.pictureHints[state]}>
      <Icon aria-hidden className="icon icon--small" />
      {WORDS.session.pictures[state]}
    </span>
  );
}

/** Whether what is seen here is recorded: the service centre's choice, not the technician's. */
function Recorded(): ReactNode {
  const { data } = useQuery(queries.about());
  if (data === undefined) return null;
  const words = WORDS.session.recording[data.isScreenRecorded ? 'on' : 'off'];
  return (
    <span className="bar__note" data-recorded={String(data.isScreenRecorded)} title={words.hint}>
      <CircleDot aria-hidden className="icon icon--small" />
      {words.text}
    </span>
  );
}

interface EndDialogProps {
  readonly caseId: string;
  readonly onClose: () => void;
}

function EndDialog({ caseId, onClose }: EndDialogProps): ReactNode {
  const words = WORDS.session;
  const end = useMutation({
    mutationFn: () => desk.leaveSession(caseId),
    onSuccess: (session) => queryClient.setQueryData(queries.session(caseId).queryKey, session),
  });
  return (
    <Dialog title={words.endTitle} onClose={onClose}>
      <p>{words.endLead}</p>
      <Trouble fault={end.error} />
      <div className="form__acts">
        <Button kind="quiet" onPress={onClose}>
          {WORDS.cancel}
        </Button>
        <Button kind="danger" icon={LogOut} isBusy={end.isPending} onPress={() => end.mutate()}>
          {words.end}
        </Button>
      </div>
    </Dialog>
  );
}
