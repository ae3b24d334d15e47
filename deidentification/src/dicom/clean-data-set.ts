/**
 * Cleans a data set: decides for each element, nested ones too, whether it stays, changes or goes, and remembers what went.
 *
 * The table of the standard has the first word (`table/`), then the list of what is kept (`kept.ts`); what neither knows goes.
 */
import type { DeidentificationAction } from '@chaperone/domain/deidentification/report.ts';
import type { DataElement, DataSet } from './element.ts';
import { ChangeCount } from './change-count.ts';
import { fits } from './form.ts';
import { keptForm } from './kept.ts';
import type { KeptForm } from './kept.ts';
import { EMPTY_ELEMENTS, MAPPED_UIDS } from './required.ts';
import { isGraphics, isPrivate, profileOf } from './table/table-e1-1.ts';
import type { WrittenElement } from './writer.ts';
import { ascii } from './writer.ts';
import { textOf } from './element.ts';
import { mapUID } from './uid-map.ts';

export interface Cleaning {
  readonly secret: Uint8Array;
  /** Manufacturer, model and software of the installed template that fits, if one does. */
  readonly equipment: ReadonlySet<string>;
}

export interface Cleaned {
  readonly elements: readonly WrittenElement[];
  readonly changes: ChangeCount;
  /** What was taken out, for the search of the result. */
  readonly removed: readonly DataElement[];
  readonly hadGraphics: boolean;
}

/** The image itself is described anew from what was decoded: group 0028 up to its pixel representation. */
const DESCRIBED_ANEW: ReadonlySet<number> = new Set([
  0x0008_0005, 0x0008_0016, 0x0028_0002, 0x0028_0004, 0x0028_0006, 0x0028_0008, 0x0028_0010,
  0x0028_0011, 0x0028_0100, 0x0028_0101, 0x0028_0102, 0x0028_0103, 0x0028_0301, 0x0028_0303,
  0x0012_0062, 0x0012_0063, 0x0012_0064,
]);
const EMPTIED: ReadonlyMap<number, string> = new Map(
  EMPTY_ELEMENTS.map(({ tag, vr }) => [tag, vr]),
);
/** SeriesNumber and InstanceNumber are of type 2: without a value where theirs tells too much. @see PS3.3 C.7.3.1, C.7.6.1 */
const NUMBERS_THAT_STAY_EMPTY: ReadonlySet<number> = new Set([0x0020_0011, 0x0020_0013]);
const CODE_VALUE_TAG = 0x0008_0100;
const CODE_FORMS: ReadonlySet<KeptForm['kind']> = new Set(['code', 'scheme', 'code-meaning']);

export function cleanDataSet(dataSet: DataSet, cleaning: Cleaning): Cleaned {
  const walk = new Walk(cleaning);
  const elements = walk.clean(dataSet, 0);
  return {
    elements,
    changes: walk.changes,
    removed: walk.removed,
    hadGraphics: walk.hadGraphics,
  };
}

class Walk {
  readonly changes = new ChangeCount();
  readonly removed: DataElement[] = [];
  hadGraphics = false;
  readonly #cleaning: Cleaning;

  constructor(cleaning: Cleaning) {
    this.#cleaning = cleaning;
  }

  clean(dataSet: DataSet, depth: number): WrittenElement[] {
    const kept: WrittenElement[] = [];
    for (const element of dataSet.elements) {
      const written = this.#one(element, dataSet, depth);
      if (written !== null) kept.push(written);
    }
    return kept;
  }

  #one(element: DataElement, within: DataSet, depth: number): WrittenElement | null {
    const { tag } = element;
    const isLengthOfGroup = (tag & 0xffff) === 0 && !isPrivate(tag);
    if (isLengthOfGroup) return null;
    if (depth === 0 && DESCRIBED_ANEW.has(tag)) {
      // What others wrote about their own de-identification is theirs: it may be text of any kind.
      this.removed.push(element);
      return null;
    }
    if (isGraphics(tag)) this.hadGraphics = true;
    const profile = profileOf(tag);
    if (profile !== undefined) return this.#byProfile(element, profile.keyword, depth);
    const form = keptForm(tag);
    if (form === undefined) return this.#remove(element, 'NotKept');
    return this.#inForm(element, form, within, depth);
  }

  #byProfile(element: DataElement, keyword: string, depth: number): WrittenElement | null {
    const { tag } = element;
    if (depth > 0) return this.#remove(element, keyword);
    if (MAPPED_UIDS.has(tag)) {
      const original = textOf(element);
      if (original === '') return null;
      this.removed.push(element);
      this.changes.add(tag, keyword, 'U');
      return { tag, vr: 'UI', value: ascii('UI', mapUID(this.#cleaning.secret, original)) };
    }
    const vr = EMPTIED.get(tag);
    if (vr === undefined) return this.#remove(element, keyword);
    this.removed.push(element);
    if (element.value.length > 0) this.changes.add(tag, keyword, 'Z');
    return { tag, vr, value: ascii(vr, '') };
  }

  #inForm(
    element: DataElement,
    form: KeptForm,
    within: DataSet,
    depth: number,
  ): WrittenElement | null {
    const { tag } = element;
    const { equipment } = this.#cleaning;
    // Only the image's own palette is held to its descriptor; deeper, one would be a place for text of any length.
    const isOutOfPlace =
      (depth === 0 && CODE_FORMS.has(form.kind)) || (depth > 0 && form.kind === 'palette');
    const isWrong = (element.items !== null) !== (form.kind === 'sequence');
    if (isOutOfPlace || isWrong) return this.#remove(element, 'NotInItsForm');
    if (element.items !== null) {
      const items = element.items
        .map((item) => this.clean(item, depth + 1))
        .filter((item) => item.length > 0);
      return items.length === 0 ? null : { tag, vr: 'SQ', items };
    }
    if (form.kind === 'code-meaning') {
      const code = within.elements.find((each) => each.tag === CODE_VALUE_TAG);
      const fitting =
        code !== undefined && fits({ kind: 'code', vr: 'SH' }, code, within, equipment);
      if (fitting && textOf(code) === textOf(element))
        return { tag, vr: 'LO', value: element.value };
      this.removed.push(element);
      this.changes.add(tag, 'CodeMeaning', 'C');
      return fitting ? { tag, vr: 'LO', value: ascii('LO', textOf(code)) } : null;
    }
    if (fits(form, element, within, equipment)) return { tag, vr: form.vr, value: element.value };
    this.#remove(element, 'NotInItsForm');
    return depth === 0 && NUMBERS_THAT_STAY_EMPTY.has(tag)
      ? { tag, vr: form.vr, value: ascii(form.vr, '') }
      : null;
  }

  #remove(element: DataElement, keyword: string): null {
    this.removed.push(element);
    const action: DeidentificationAction = 'X';
    this.changes.add(element.tag, keyword, action);
    return null;
  }
}
