/** Draws one layout on a snapshot, tries it and keeps it. What counts of it, the agent says. */
import { DoorClosed, FlaskConical, Plus, Save } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { MaskState, TriedMasks } from '@chaperone/protocol/panel-api/engineer-masks.ts';
import { usePress } from '../act/press.ts';
import type { MaskActs } from '../api/engineer-agent.ts';
import { Button } from '../part/button.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { maskEditorWords } from '../words/mask-editor-languages.ts';
import { useSpeech } from '../words/speech.tsx';
import { Field, FormProblem } from './field.tsx';
import {
  drawingOf,
  EMPTY_DRAFT,
  lackOf,
  REGION_KINDS,
  slugOf,
  withArea,
  withoutRegion,
  withRegion,
} from './mask-draft.ts';
import type { MaskDraft, RegionKind } from './mask-draft.ts';
import { MaskRegions } from './mask-regions.tsx';
import { MaskSurface } from './mask-surface.tsx';
import { useStepAct } from './step-act.ts';

interface MaskEditorProps {
  readonly acts: MaskActs;
  readonly state: MaskState;
  readonly picture: ImageBitmap;
  readonly draft: MaskDraft;
  readonly onDraft: (draft: MaskDraft) => void;
  /** Something was kept. */
  readonly onSaved: () => void;
  readonly onDone: () => void;
}

const VIEWS = ['draw', 'now', 'unknown'] as const;
type View = (typeof VIEWS)[number];

export function MaskEditor(props: MaskEditorProps): ReactNode {
  const { acts, state, picture, draft, onSaved, onDone } = props;
  const { language } = useSpeech();
  const words = maskEditorWords(language);
  const { moment } = useEngineerWords();
  const { start, isBusy, problem, forget } = useStepAct();
  const [selected, setSelected] = useState<number | null>(null);
  const [kind, setKind] = useState<RegionKind>('mask');
  const [view, setView] = useState<View>('draw');
  const [tried, setTried] = useState<TriedMasks | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const lack = lackOf(draft, language);
  const { size } = state;
  const isOtherSize =
    size !== null && (size.width !== picture.width || size.height !== picture.height);
  const change = (next: MaskDraft): void => {
    props.onDraft(next);
    setTried(null);
    setSaved(null);
    setView('draw');
    forget();
  };
  const add = (area: Parameters<typeof withRegion>[2]): void => {
    setSelected(draft.nextId);
    change(withRegion(draft, kind, area));
  };
  const drawing = drawingOf(draft, language, state.isClearInstalled);
  const look = (next: View): void => {
    if (next === 'draw' || tried !== null) setView(next);
    else
      start(async () => {
        setTried(await acts.try(drawing));
        setView(next);
      });
  };
  const covered =
    view === 'draw' || tried === null ? null : tried[view === 'now' ? 'covered' : 'unknown'];
  return (
    <div className="mask-editor">
      <h1 className="only-heard">{words.title}</h1>
      <div className="mask-editor__bar">
        <fieldset className="pick pick--line">
          <legend className="only-heard">{words.viewsLegend}</legend>
          {VIEWS.map((each) => (
            <Pick
              key={each}
              isPicked={view === each}
              isOff={each !== 'draw' && lack !== null}
              onPick={() => look(each)}
            >
              {words.views[each]}
            </Pick>
          ))}
        </fieldset>
        <Button tone="plain" size="small" icon={DoorClosed} onPress={onDone}>
          {words.done}
        </Button>
      </div>
      <MaskSurface
        {...{ picture, selected, covered }}
        regions={draft.regions}
        onSelect={setSelected}
        onDraw={add}
        onArea={(id, area) => change(withArea(draft, id, area))}
        onDelete={(id) => change(withoutRegion(draft, id))}
      />
      <div className="mask-editor__side">
        <div className="mask-editor__form">
          <Field
            label={words.layoutName}
            value={draft.layout}
            lengthMax={40}
            onChange={(layout) => change({ ...draft, layout })}
          />
          <fieldset className="pick">
            <legend className="field__label">{words.draws}</legend>
            {REGION_KINDS.filter((each) => each !== 'always' || !state.isClearInstalled).map(
              (each) => (
                <Pick key={each} kind={each} isPicked={kind === each} onPick={() => setKind(each)}>
                  {words.kinds[each]}
                </Pick>
              ),
            )}
          </fieldset>
          <p className="field__hint">{words.kindHints[kind]}</p>
          <Button tone="plain" size="small" icon={Plus} onPress={() => add(middleOf(picture))}>
            {words.add}
          </Button>
          <MaskRegions
            {...{ draft, selected, size: picture }}
            onSelect={setSelected}
            onChange={change}
          />
          <p className="field__hint">{words.keys}</p>
        </div>
        <div className="mask-editor__acts">
          <p className="mask-editor__said" aria-live="polite">
            {saved !== null
              ? words.saved(saved)
              : isOtherSize
                ? words.otherSize
                : lack !== null
                  ? words.lacks[lack]
                  : tried === null
                    ? ''
                    : tried.layouts.length === 0
                      ? words.notRecognised
                      : words.recognised(tried.layouts.join(', '))}
          </p>
          <FormProblem problem={problem} />
          {lack === null && !isOtherSize && (
            <div className="form__actions--two">
              <Button
                tone="plain"
                size="small"
                icon={FlaskConical}
                busy={isBusy}
                busyWords={moment}
                onPress={() => look('now')}
              >
                {words.tryIt}
              </Button>
              <Button
                tone="go"
                size="small"
                icon={Save}
                busy={isBusy}
                busyWords={moment}
                onPress={() =>
                  start(
                    () => acts.save(drawing),
                    () => {
                      setSaved(slugOf(draft.layout));
                      onSaved();
                    },
                  )
                }
              >
                {words.save}
              </Button>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

function Pick(props: {
  readonly kind?: RegionKind;
  readonly isPicked: boolean;
  readonly isOff?: boolean;
  readonly onPick: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const press = usePress(() => {
    if (props.isOff !== true) props.onPick();
  });
  return (
    <button
      type="button"
      className={props.kind === undefined ? 'pick__one' : `pick__one pick__one--${props.kind}`}
      aria-pressed={props.isPicked}
      aria-disabled={props.isOff === true || undefined}
      {...press}
    >
      {props.kind !== undefined && <span className="regions__mark" aria-hidden="true" />}
      {props.children}
    </button>
  );
}

/** A region that the keyboard, or a hand that cannot draw, begins with. */
function middleOf({ width, height }: ImageBitmap) {
  const side = (whole: number): number => Math.max(4, Math.round(whole / 6));
  return {
    x: Math.round((width - side(width)) / 2),
    y: Math.round((height - side(height)) / 2),
    width: side(width),
    height: side(height),
  };
}

/** A new layout begins with what is clear whatever is on the screen. */
export function newDraft(state: MaskState): MaskDraft {
  return state.alwaysClear.reduce((draft, area) => withRegion(draft, 'always', area), EMPTY_DRAFT);
}
