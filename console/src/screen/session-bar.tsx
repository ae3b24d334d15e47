/** The quiet line over the cart's screen: what is allowed, how long still, and the way out. */
import { useMutation } from '@tanstack/react-query';
import { Eye, Keyboard, LogOut, MousePointer2, TriangleAlert } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { SessionDetail } from '../api/desk.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { Button, IconButton } from '../part/button.tsx';
import { useSecondsLeft } from '../part/now.ts';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { formatDuration } from '../words/format.ts';
import { WORDS } from '../words/words.ts';
import type { Scale } from './open-screen.ts';

interface SessionBarProps {
  readonly caseId: string;
  readonly session: SessionDetail;
  readonly heardMs: number;
  readonly scale: Scale;
  readonly onScale: (scale: Scale) => void;
  readonly fullIcon: LucideIcon;
  readonly fullLabel: string;
  readonly onFull: () => void;
}

const SCALES = ['fit', 'actual'] as const;
/** From here on the time left is shown with weight, seconds. */
const SHORT_S = 300;

export function SessionBar(props: SessionBarProps): ReactNode {
  const { caseId, session, heardMs, scale, onScale } = props;
  const words = WORDS.session;
  const [asksToEnd, setAsksToEnd] = useState(false);
  const isInterrupted = session.state === 'interrupted';
  const left = useSecondsLeft(isInterrupted ? null : session.secondsLeft, heardMs);
  const canControl = session.activities.includes('control');
  return (
    <div className="bar">
      <span
        className={`bar__state bar__state--${session.paused && !isInterrupted ? 'paused' : session.state}`}
      >
        {session.paused && !isInterrupted ? words.pausedShort : words.states[session.state]}
      </span>
      <span className="bar__what">
        {session.activities.map((each) => WORDS.activitiesShort[each]).join(' · ')}
      </span>
      {session.activities.includes('view') && (
        <span className="bar__note" title={canControl ? words.controlHint : words.viewOnlyHint}>
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
      {session.inputRefused > 0 && (
        <span className="bar__note bar__note--warning" aria-live="polite">
          <TriangleAlert aria-hidden className="icon icon--small" />
          {words.inputRefused(session.inputRefused)}
        </span>
      )}
      <span className="top__space" />
      {left !== null && (
        <span className={left < SHORT_S ? 'bar__left bar__left--short' : 'bar__left'}>
          {formatDuration(left)} {words.left}
        </span>
      )}
      <fieldset className="segments segments--small" aria-label={words.screen}>
        {SCALES.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={scale === each}
            onClick={() => onScale(each)}
          >
            {words[each]}
          </button>
        ))}
      </fieldset>
      <IconButton icon={props.fullIcon} label={props.fullLabel} onPress={props.onFull} />
      <Button kind="danger" icon={LogOut} onPress={() => setAsksToEnd(true)}>
        {words.end}
      </Button>
      {asksToEnd && <EndDialog caseId={caseId} onClose={() => setAsksToEnd(false)} />}
    </div>
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
