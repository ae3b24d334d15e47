/** What is drawn, as a list: each region with what it is, its numbers, and the way to delete it. */
import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ScreenSize } from '@chaperone/domain/mask/mask-area.ts';
import { usePress } from '../act/press.ts';
import { Button } from '../part/button.tsx';
import { maskEditorWords } from '../words/mask-editor-languages.ts';
import { useSpeech } from '../words/speech.tsx';
import { Field } from './field.tsx';
import { textOf, typed, withArea, withoutRegion, withText } from './mask-draft.ts';
import type { MaskDraft, Region } from './mask-draft.ts';

interface MaskRegionsProps {
  readonly draft: MaskDraft;
  readonly size: ScreenSize;
  readonly selected: number | null;
  readonly onSelect: (id: number | null) => void;
  readonly onChange: (draft: MaskDraft) => void;
}

export function MaskRegions(props: MaskRegionsProps): ReactNode {
  const { language } = useSpeech();
  const words = maskEditorWords(language);
  const { regions } = props.draft;
  if (regions.length === 0) return null;
  return (
    <ul className="regions" aria-label={words.regions}>
      {regions.map((region, index) => (
        <RegionLine key={region.id} {...props} region={region} number={index + 1} />
      ))}
    </ul>
  );
}

/** What was chosen on the picture is found in the list. */
function intoView(line: HTMLLIElement | null): void {
  line?.scrollIntoView({ block: 'nearest' });
}

function RegionLine(
  props: MaskRegionsProps & { readonly region: Region; readonly number: number },
): ReactNode {
  const { region, number, selected, onSelect } = props;
  const { language } = useSpeech();
  const words = maskEditorWords(language);
  const isSelected = region.id === selected;
  const press = usePress(() => onSelect(isSelected ? null : region.id));
  return (
    <li ref={isSelected ? intoView : undefined}>
      <button
        type="button"
        className={`regions__line regions__line--${region.kind}`}
        aria-expanded={isSelected}
        {...press}
      >
        <span className="regions__mark" aria-hidden="true" />
        <span className="regions__name">
          {textOf(region, language) || words.region(words.kinds[region.kind], number)}
        </span>
      </button>
      {isSelected && <RegionFields {...props} />}
    </li>
  );
}

function RegionFields({
  draft,
  region,
  size,
  onSelect,
  onChange,
}: MaskRegionsProps & { readonly region: Region }): ReactNode {
  const { language } = useSpeech();
  const words = maskEditorWords(language);
  return (
    <div className="regions__fields">
      {region.kind === 'mask' && (
        <Field
          label={words.text}
          value={textOf(region, language)}
          lengthMax={60}
          onChange={(text) => onChange(withText(draft, region.id, language, text))}
        />
      )}
      <div className="regions__numbers">
        {(['x', 'y', 'width', 'height'] as const).map((member) => (
          <Field
            key={member}
            label={words.numbers[member]}
            value={String(region.area[member])}
            keys="numeric"
            lengthMax={5}
            onChange={(text) => {
              const value = text === '' ? 0 : Number(text);
              onChange(withArea(draft, region.id, typed(region.area, member, value, size)));
            }}
          />
        ))}
      </div>
      <Button
        tone="plain"
        size="small"
        icon={Trash2}
        onPress={() => {
          onSelect(null);
          onChange(withoutRegion(draft, region.id));
        }}
      >
        {words.deleteRegion}
      </Button>
    </div>
  );
}
