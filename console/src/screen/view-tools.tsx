/** What can be done with the picture itself: its size, freezing, measuring, keeping it, keys; and how good the road is. */
import { useMutation } from '@tanstack/react-query';
import { Camera, Minus, Play, Plus, Ruler, Snowflake } from 'lucide-react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../key/shortcuts.ts';
import { announce } from '../part/announcement.tsx';
import { Button, IconButton } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { SCREEN_WORDS } from '../words/screen.ts';
import { WORDS } from '../words/words.ts';
import { KeysMenu } from './keys-menu.tsx';
import { LinkNote } from './link-note.tsx';
import type { ScreenViewer } from './screen-viewer.ts';
import { keepSnapshot } from './snapshot.ts';
import type { Shown } from './snapshot.ts';
import { ACTUAL, stepped } from './view-mode.ts';
import type { View } from './view-mode.ts';

interface ViewToolsProps {
  readonly caseId: string;
  /** Who watches keeps nothing of what is seen: that is work in the session. */
  readonly how: 'hold' | 'watch';
  readonly viewer: ScreenViewer;
  readonly view: View;
  /** At which size a fitted picture is shown; null while none is. */
  readonly fitted: number | null;
  readonly onView: (view: View) => void;
  /** A picture is on view, live or frozen. */
  readonly isShown: boolean;
  readonly isFrozen: boolean;
  readonly onFreeze: () => void;
  readonly isMeasuring: boolean;
  readonly onMeasure: () => void;
  /** What is on view now; null while nothing is. */
  readonly shown: () => Shown | null;
  /** Keys reach the cart. */
  readonly canControl: boolean;
}

export function ViewTools(props: ViewToolsProps): ReactNode {
  const { caseId, viewer, view, fitted, onView, isShown, isFrozen, canControl } = props;
  const words = SCREEN_WORDS;
  const percent = view === 'fit' ? fitted : view;
  const keep = useMutation({
    mutationFn: async (shown: Shown) => await keepSnapshot(caseId, shown),
    onSuccess: async ({ name }) => {
      announce(words.snapshotKept(name));
      await queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey });
    },
  });
  const snapshot = (): void => {
    const shown = props.shown();
    if (shown !== null && !keep.isPending) keep.mutate(shown);
  };
  const zoom = (direction: 'in' | 'out'): void => {
    if (percent !== null) onView(stepped(percent, direction));
  };
  const whenShown = (act: () => void): (() => void) | undefined => (isShown ? act : undefined);
  useShortcuts({
    '0': () => onView('fit'),
    '1': () => onView(ACTUAL),
    '+': () => zoom('in'),
    '-': () => zoom('out'),
    f: whenShown(props.onFreeze),
    m: whenShown(props.onMeasure),
    p: props.how === 'hold' ? whenShown(snapshot) : undefined,
  });
  return (
    <div className="tools" role="toolbar" aria-label={words.tools}>
      <fieldset className="segments segments--small" aria-label={words.tools}>
        <button type="button" aria-pressed={view === 'fit'} onClick={() => onView('fit')}>
          {words.fit}
        </button>
        <button type="button" aria-pressed={view === ACTUAL} onClick={() => onView(ACTUAL)}>
          {words.actual}
        </button>
      </fieldset>
      <IconButton icon={Minus} label={words.zoomOut} onPress={() => zoom('out')} />
      <span className="tools__percent">{percent === null ? '' : `${Math.round(percent)} %`}</span>
      <IconButton icon={Plus} label={words.zoomIn} onPress={() => zoom('in')} />
      <span className="tools__line" aria-hidden />
      <Button
        kind="quiet"
        icon={isFrozen ? Play : Snowflake}
        isPressed={isFrozen}
        isDisabled={!isShown}
        onPress={props.onFreeze}
      >
        {isFrozen ? words.unfreeze : words.freeze}
      </Button>
      <Button
        kind="quiet"
        icon={Ruler}
        isPressed={props.isMeasuring}
        isDisabled={!isShown}
        onPress={props.onMeasure}
      >
        {words.measure}
      </Button>
      {props.how === 'hold' && (
        <Button
          kind="quiet"
          icon={Camera}
          isBusy={keep.isPending}
          isDisabled={!isShown}
          onPress={snapshot}
        >
          {words.snapshot}
        </Button>
      )}
      {canControl && <KeysMenu viewer={viewer} />}
      <span className="top__space" />
      {isShown && <LinkNote meter={viewer.meter} />}
      {keep.error !== null && (
        <div className="tools__trouble">
          <Trouble fault={keep.error} title={words.snapshotFault} />
          <Button kind="quiet" onPress={() => keep.reset()}>
            {WORDS.close}
          </Button>
        </div>
      )}
    </div>
  );
}
