/** What one does with a picture: cine, window, size. */
import {
  Contrast,
  Hand,
  Expand,
  Minus,
  Pause,
  Play,
  Plus,
  RotateCcw,
  Ratio,
  StepBack,
  StepForward,
  SunMedium,
  Tags,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../part/button.tsx';
import { VIEWER_WORDS } from '../../words/viewer.ts';
import type { StageTool } from './dicom-stage.tsx';
import type { ImageTerms, Window, WindowPreset } from './image-terms.ts';
import { SPEEDS } from './use-cine.ts';
import type { Cine, Speed } from './use-cine.ts';

const words = VIEWER_WORDS.dicom;

interface DicomBarProps {
  readonly cine: Cine;
  readonly terms: ImageTerms;
  readonly window: Window;
  readonly presets: readonly WindowPreset[];
  readonly tool: StageTool;
  readonly zoom: number;
  readonly isInverted: boolean;
  readonly areTagsShown: boolean;
  readonly onTags: () => void;
  readonly onWindow: (window: Window) => void;
  readonly onTool: (tool: StageTool) => void;
  readonly onInvert: () => void;
  readonly onReset: () => void;
  readonly onZoom: (by: number) => void;
  readonly onFit: () => void;
  readonly onOwnSize: () => void;
}

export function DicomBar(props: DicomBarProps): ReactNode {
  const { window, presets, tool, zoom, isInverted, areTagsShown, terms } = props;
  const chosen = presets.findIndex(
    ({ center, width }) => center === window.center && width === window.width,
  );
  return (
    <div className="dicom__bar" role="toolbar" aria-label={words.tools}>
      {terms.frames > 1 && <CineBar cine={props.cine} terms={terms} />}
      <div className="dicom__group">
        <IconButton
          icon={SunMedium}
          label={words.windowTool}
          isPressed={tool === 'window'}
          onPress={() => props.onTool('window')}
        />
        <IconButton
          icon={Hand}
          label={words.panTool}
          isPressed={tool === 'pan'}
          onPress={() => props.onTool('pan')}
        />
        <select
          className="input input--small"
          aria-label={words.presets}
          value={chosen === -1 ? '' : String(chosen)}
          onChange={(event) => {
            const preset = presets[Number(event.target.value)];
            if (preset !== undefined) props.onWindow(preset);
            // Keys belong to the picture again.
            event.currentTarget.blur();
          }}
        >
          {chosen === -1 && <option value="">{words.ownWindow}</option>}
          {presets.map(({ name }, at) => (
            <option key={at} value={String(at)}>
              {name === '' ? words.storedWindow(at) : name}
            </option>
          ))}
        </select>
        <output className="dicom__number" aria-label={words.windowNow}>
          C {Math.round(window.center)} W {Math.round(window.width)}
        </output>
        <IconButton
          icon={Contrast}
          label={words.invert}
          isPressed={isInverted}
          onPress={props.onInvert}
        />
      </div>
      <div className="dicom__group">
        <IconButton icon={Minus} label={words.smaller} onPress={() => props.onZoom(0.8)} />
        <span className="dicom__number">{Math.round(zoom * 100)} %</span>
        <IconButton icon={Plus} label={words.larger} onPress={() => props.onZoom(1.25)} />
        <IconButton icon={Expand} label={words.fit} onPress={props.onFit} />
        <IconButton icon={Ratio} label={words.ownSize} onPress={props.onOwnSize} />
        <IconButton icon={RotateCcw} label={words.reset} onPress={props.onReset} />
      </div>
      <div className="dicom__group dicom__group--end">
        <IconButton
          icon={Tags}
          label={words.showTags}
          isPressed={areTagsShown}
          onPress={props.onTags}
        />
      </div>
    </div>
  );
}

function CineBar({ cine, terms }: { readonly cine: Cine; readonly terms: ImageTerms }): ReactNode {
  const { frames } = terms;
  return (
    <div className="dicom__group">
      <IconButton icon={StepBack} label={words.frameBack} onPress={() => cine.step(-1)} />
      <IconButton
        icon={cine.isPlaying ? Pause : Play}
        label={cine.isPlaying ? words.pause : words.play}
        onPress={cine.toggle}
      />
      <IconButton icon={StepForward} label={words.frameOn} onPress={() => cine.step(1)} />
      <input
        className="dicom__frames"
        type="range"
        min={1}
        max={frames}
        value={cine.frame + 1}
        aria-label={words.frame}
        onChange={(event) => cine.go(Number(event.target.value) - 1)}
      />
      <span className="dicom__number">
        {cine.frame + 1} / {frames}
      </span>
      <select
        className="input input--small"
        aria-label={words.speed}
        value={cine.speed}
        onChange={(event) => {
          cine.setSpeed(Number(event.target.value) as Speed);
          event.currentTarget.blur();
        }}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={speed}>
            {words.speedOf(speed, Math.round((1000 * speed) / terms.frameMs))}
          </option>
        ))}
      </select>
    </div>
  );
}
