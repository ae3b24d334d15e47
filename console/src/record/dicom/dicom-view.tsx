/** A DICOM file: its picture or cine, its window, and its tags beside it. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../../key/shortcuts.ts';
import { Trouble } from '../../part/trouble.tsx';
import { formatBytes } from '../../words/format.ts';
import { VIEWER_WORDS } from '../../words/viewer.ts';
import type { ViewProps } from '../view-props.ts';
import { shownFault } from '../worker/shown-fault.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import { DicomBar } from './dicom-bar.tsx';
import { DicomStage } from './dicom-stage.tsx';
import type { StageTool } from './dicom-stage.tsx';
import { byKey, drawn, presetsOf } from './dicom-window.ts';
import type { FrameGiven, OpenedDicom } from './dicom-worker.ts';
import type { ImageTerms, Window } from './image-terms.ts';
import { FITTED, zoomed } from './stage-view.ts';
import { TagTable } from './tag-table.tsx';
import { useCine } from './use-cine.ts';
import { useDicom } from './use-dicom.ts';
import type { DicomReading } from './use-dicom.ts';

const words = VIEWER_WORDS.dicom;

export function DicomView({ source }: Pick<ViewProps, 'source'>): ReactNode {
  const reading = useDicom(source);
  const { opened, fault, loadedBytes } = reading;
  const search = useRef<HTMLInputElement>(null);
  const [areTagsShown, setAreTagsShown] = useState(true);
  useShortcuts({
    '/': () => {
      if (search.current !== null) return search.current.focus();
      setAreTagsShown(true);
      requestAnimationFrame(() => search.current?.focus());
    },
    t: () => setAreTagsShown((was) => !was),
  });
  if (opened === null) {
    return (
      <div className="viewer__wait">
        {fault === null ? (
          <output>{words.loading(formatBytes(loadedBytes), formatBytes(source.bytes))}</output>
        ) : (
          <Trouble fault={fault} />
        )}
      </div>
    );
  }
  const { terms, refusal, about } = opened;
  return (
    <div className={areTagsShown ? 'dicom dicom--tags' : 'dicom'}>
      <div className="dicom__picture">
        <Trouble fault={fault} />
        {terms === null ? (
          <div className="viewer__wait">
            <Trouble
              fault={new ReadingFault(refusal?.code ?? 'IMAGE_ABSENT', refusal?.detail ?? null)}
            />
          </div>
        ) : (
          <Picture
            reading={reading}
            opened={opened}
            terms={terms}
            areTagsShown={areTagsShown}
            onTags={() => setAreTagsShown((was) => !was)}
          />
        )}
        <p className="viewer__foot">
          {about.map(({ name, value }) => (
            <span key={name}>
              {name}: {value}
            </span>
          ))}
          {terms !== null && (
            <span>
              {terms.columns} × {terms.rows}, {terms.photometric}, {terms.bitsStored} bit
            </span>
          )}
        </p>
      </div>
      {areTagsShown && <TagTable ask={reading.tags} searchRef={search} />}
    </div>
  );
}

interface PictureProps {
  readonly reading: DicomReading;
  readonly opened: OpenedDicom;
  readonly terms: ImageTerms;
  readonly areTagsShown: boolean;
  readonly onTags: () => void;
}

function Picture({ reading, opened, terms, areTagsShown, onTags }: PictureProps): ReactNode {
  const cine = useCine(terms.frames, terms.frameMs);
  const [window, setWindow] = useState<Window>(opened.window);
  const [isInverted, setIsInverted] = useState(false);
  const [tool, setTool] = useState<StageTool>('window');
  const [view, setView] = useState(FITTED);
  const [zoom, setZoom] = useState(1);
  const given = useFrame(reading, cine.frame, window, isInverted);
  const presets = presetsOf(terms, opened.window);
  const reset = (): void => {
    setWindow(opened.window);
    setIsInverted(false);
    setView(FITTED);
  };
  const zoomBy = (by: number): void => {
    if (given === null) return;
    const size = { width: given.width, height: given.height * terms.aspect };
    // About the middle of the stage, whose size does not matter there once a zoom is set.
    setView((was) => zoomed({ ...was, zoom: was.zoom ?? zoom }, by, size, size));
  };
  const change = (how: Parameters<typeof byKey>[1]): void =>
    setWindow((was) => byKey(was, how, opened.window));
  const presetKeys = presets
    .slice(0, 9)
    .map((preset, at) => [String(at + 1), () => setWindow(preset)]);
  useShortcuts({
    ' ': cine.toggle,
    ',': () => cine.step(-1),
    '.': () => cine.step(1),
    '+': () => zoomBy(1.25),
    '=': () => zoomBy(1.25),
    '-': () => zoomBy(0.8),
    '0': () => setView(FITTED),
    o: () => setView({ zoom: 1, panX: 0, panY: 0 }),
    w: () => setTool('window'),
    p: () => setTool('pan'),
    i: () => setIsInverted((was) => !was),
    r: reset,
    '[': () => change('darker'),
    ']': () => change('brighter'),
    '{': () => change('wider'),
    '}': () => change('narrower'),
    ...(Object.fromEntries(presetKeys) as Record<string, () => void>),
  });
  return (
    <>
      <DicomBar
        {...{ cine, terms, window, presets, tool, zoom, isInverted, areTagsShown, onTags }}
        onWindow={setWindow}
        onTool={setTool}
        onInvert={() => setIsInverted((was) => !was)}
        onReset={reset}
        onZoom={zoomBy}
        onFit={() => setView(FITTED)}
        onOwnSize={() => setView({ zoom: 1, panX: 0, panY: 0 })}
      />
      {given !== null && (
        <DicomStage
          given={given}
          aspect={terms.aspect}
          label={words.frameOf(given.frame + 1, terms.frames)}
          tool={tool}
          view={view}
          onView={setView}
          onWindow={(byX, byY) => setWindow((was) => drawn(was, byX, byY, opened.window))}
          onWheelFrame={terms.frames > 1 ? cine.step : null}
          onZoom={setZoom}
        />
      )}
    </>
  );
}

/** The frame that is due, or the last that was there: while one is made, no other is asked for. */
function useFrame(
  reading: DicomReading,
  frame: number,
  window: Window,
  isInverted: boolean,
): FrameGiven | null {
  const [given, setGiven] = useState<FrameGiven | null>(null);
  const state = useRef({ isAsked: false, isGone: false, wanted: { frame, window, isInverted } });
  useEffect(() => {
    const own = state.current;
    own.isGone = false;
    return () => {
      own.isGone = true;
    };
  }, []);
  useEffect(() => {
    const own = state.current;
    own.wanted = { frame, window, isInverted };
    if (own.isAsked) return;
    own.isAsked = true;
    void (async () => {
      try {
        let made: typeof own.wanted | null = null;
        while (made !== own.wanted && !own.isGone) {
          made = own.wanted;
          const next = await reading.frame(made);
          if (!own.isGone) setGiven(next);
        }
      } catch (reason) {
        if (!own.isGone) reading.setFault(shownFault(reason));
      } finally {
        own.isAsked = false;
      }
    })();
    // The reading's functions are those of one file.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [frame, window, isInverted]);
  return given;
}
