/**
 * What of this cart's screen is covered: the layouts that there are, and the way to draw one on a picture of the display. Not a step:
 * a cart is commissioned without, and what is drawn can change at any visit. Decision 0056.
 */
import { Camera, Download, LoaderCircle, PencilRuler, Trash2, TriangleAlert } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { ReactNode } from 'react';
import { SNAPSHOT_AFTER_S } from '@chaperone/protocol/panel-api/engineer-masks.ts';
import type { MaskState } from '@chaperone/protocol/panel-api/engineer-masks.ts';
import type { MaskActs } from '../api/engineer-agent.ts';
import { Button } from '../part/button.tsx';
import { Heading } from '../part/heading.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { maskEditorWords } from '../words/mask-editor-languages.ts';
import { maskWords } from '../words/mask-words.ts';
import { useSpeech } from '../words/speech.tsx';
import { Choice, FormProblem } from './field.tsx';
import { saveFile } from './firewall-text.tsx';
import { draftOf } from './mask-draft.ts';
import type { MaskDraft } from './mask-draft.ts';
import { MaskEditor, newDraft } from './mask-editor.tsx';
import { useStepAct } from './step-act.ts';
import type { StepAct } from './step-act.ts';

interface MaskPageProps {
  readonly acts: MaskActs;
  readonly serial: string;
}

/** Shows the layouts; once there is a picture, the editor takes the whole page. */
export function MaskPage({ acts, serial }: MaskPageProps): ReactNode {
  const { language } = useSpeech();
  const words = maskEditorWords(language);
  const { moment } = useEngineerWords();
  const act = useStepAct();
  const { start } = act;
  const [state, setState] = useState<MaskState | null>(null);
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  const [draft, setDraft] = useState<MaskDraft | null>(null);
  const load = async (): Promise<void> => setState(await acts.state());
  useEffect(() => {
    start(async () => setState(await acts.state()));
    // The acts are made anew with each state of commissioning.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [start]);
  if (state === null) {
    return (
      <div className="form">
        <Heading takesFocus={false}>{words.title}</Heading>
        <p className="quiet">{act.problem === null ? moment : ''}</p>
        <FormProblem problem={act.problem} />
      </div>
    );
  }
  if (picture !== null && draft !== null) {
    return (
      <MaskEditor
        {...{ acts, state, picture, draft }}
        onDraft={setDraft}
        onSaved={() => void load().catch(() => undefined)}
        onDone={() => {
          setPicture(null);
          setDraft(null);
          start(load);
        }}
      />
    );
  }
  const draw = async (from: MaskDraft, afterSeconds: number): Promise<void> => {
    await acts.take(afterSeconds);
    setPicture(await createImageBitmap(await acts.picture()));
    setDraft(from);
  };
  return <Overview {...{ acts, serial, state, act, draw, load }} />;
}

interface OverviewProps extends MaskPageProps {
  readonly state: MaskState;
  readonly act: StepAct;
  readonly draw: (from: MaskDraft, afterSeconds: number) => Promise<void>;
  readonly load: () => Promise<void>;
}

function Overview({ acts, serial, state, act, draw, load }: OverviewProps): ReactNode {
  const { language } = useSpeech();
  const words = maskEditorWords(language);
  const { start, isBusy, problem } = act;
  const [after, setAfter] = useState<string>('0');
  const [isTaking, setTaking] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const input = useId();
  const isPassedBy = state.isRelayed && state.mode !== 'off';
  const inForce = maskWords(language);
  const warning = isPassedBy
    ? words.relayed
    : state.trouble !== null
      ? words.damaged
      : state.rule === 'nothing'
        ? inForce.nothingCovered
        : state.rule === 'unknown-model'
          ? inForce.allCovered
          : null;
  const begin = (from: MaskDraft): void => {
    setTaking(true);
    start(async () => {
      await draw(from, Number(after)).finally(() => setTaking(false));
    });
  };
  return (
    <div className="form">
      <Heading takesFocus={false}>{words.title}</Heading>
      <p>{words.statement}</p>
      {warning === null ? (
        <p className="quiet">{words.modes[state.mode]}</p>
      ) : (
        <div className="waits">
          <TriangleAlert className="icon" aria-hidden="true" />
          <div>
            <p>{warning}</p>
          </div>
        </div>
      )}
      <h2 className="section-title">{words.layouts}</h2>
      {state.layouts.length === 0 && <p className="quiet">{words.noLayouts}</p>}
      <ul className="layouts" aria-label={words.layouts}>
        {state.layouts.map((layout) => (
          <li key={layout.name} className="layouts__one">
            <span className="layouts__name">
              {layout.name}
              <span className="layouts__fact">
                {words.counts(layout.masks.length, layout.anchors.length)}
                {layout.isOwn ? '' : ` · ${words.installed}`}
              </span>
            </span>
            {layout.isOwn && (
              <>
                <Button
                  tone="plain"
                  size="small"
                  icon={PencilRuler}
                  label={words.editLabel(layout.name)}
                  busy={isBusy}
                  onPress={() => begin(draftOf(layout, state.alwaysClear))}
                >
                  {words.edit}
                </Button>
                <Button
                  tone={removing === layout.name ? 'hold' : 'plain'}
                  size="small"
                  icon={Trash2}
                  label={words.removeLabel(layout.name)}
                  busy={isBusy}
                  onPress={() => {
                    if (removing !== layout.name) return setRemoving(layout.name);
                    start(() => acts.remove(layout.name).finally(load));
                  }}
                >
                  {removing === layout.name ? words.removeReally : words.remove}
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
      <div className="form__small">
        {state.layouts.some(({ isOwn }) => isOwn) && (
          <Button
            tone="plain"
            size="small"
            icon={Download}
            onPress={() =>
              start(async () =>
                saveFile(`masks-${serial}.json`, 'application/json', await acts.file()),
              )
            }
          >
            {words.toFile}
          </Button>
        )}
        <label className="field__file" htmlFor={input}>
          {words.fromFile}
          <input
            id={input}
            type="file"
            accept=".json,application/json"
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              if (file === undefined) return;
              start(async () => {
                await acts.import(await file.text()).finally(load);
                target.value = '';
              });
            }}
          />
        </label>
      </div>
      <FormProblem problem={problem} />
      <Choice
        legend={words.when}
        value={after}
        onChange={setAfter}
        options={SNAPSHOT_AFTER_S.map((seconds) => ({
          value: String(seconds),
          label: words.after(seconds),
        }))}
      />
      <p className="field__hint">{words.staysHere}</p>
      {isTaking && (
        <output className="quiet">
          <LoaderCircle className="icon icon--turning" aria-hidden="true" /> {words.taking}
        </output>
      )}
      {!isPassedBy && (
        <div className="form__actions">
          <Button
            tone="go"
            icon={Camera}
            busy={isBusy}
            busyWords={words.take}
            onPress={() => begin(newDraft(state))}
          >
            {words.take}
          </Button>
        </div>
      )}
    </div>
  );
}
