/**
 * Decides what of a file's pixels is blanked: by the installed template of its model, which may vouch for the regions that the
 * machine itself has written down (0018,6011). Without a template nothing is known, and the file is refused: a region says
 * where a scale holds, and people and machines write into it. Nor does Burned In Annotation (0028,0301) count: it is the
 * file's own word. Decision 0033.
 *
 * @see PS3.3 section C.8.5.5 (US Region Calibration), PS3.15 section E.3.1 (Clean Pixel Data Option)
 */
import { PixelsWithoutRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { DataSet } from '../element.ts';
import { find, textOf } from '../element.ts';
import type { RegionTemplate } from '../template.ts';
import type { Image } from './image.ts';
import { liesIn, outsideOf } from './rectangle.ts';
import type { Rectangle } from './rectangle.ts';

export interface BlankingRule {
  /** Whose word it is. */
  readonly template: string;
  /** For the report: `template` with its name, and whether it left it to the region tags. */
  readonly source: string;
  readonly blanked: readonly Rectangle[];
}

const REGIONS = 0x0018_6011;
/**
 * Regions that cover more of the image than this say nothing: there is no room outside for the text that every model writes
 * (name, hospital, date), so it is inside. Share of the area.
 */
const COVERED_SHARE_MAX = 0.92;
/**
 * Rows at the top that no region may reach into, as a share of the height: there every model writes name and hospital. A region
 * that covers them is a claim about the picture, not about the text, and only a template that names rectangles can know better.
 */
const TOP_SHARE = 0.04;

/** Finds the template of a file's model and size, if one is installed. */
export function templateOf(
  templates: readonly RegionTemplate[],
  dataSet: DataSet,
  image: Image,
): RegionTemplate | undefined {
  const manufacturer = textOf(find(dataSet, 0x0008_0070));
  const model = textOf(find(dataSet, 0x0008_1090));
  const software = textOf(find(dataSet, 0x0018_1020));
  return templates.find(
    (each) =>
      each.manufacturer === manufacturer &&
      each.model === model &&
      each.software.includes(software) &&
      each.columns === image.columns &&
      each.rows === image.rows,
  );
}

/** @throws PixelsWithoutRule */
export function blankingRule(
  template: RegionTemplate | undefined,
  dataSet: DataSet,
  image: Image,
): BlankingRule {
  const { columns, rows } = image;
  if (template === undefined) {
    throw withoutRule(
      'No template of its model, software and size is installed, and its own region tags do not say that nothing is written inside.',
    );
  }
  const { name, keep, blank = [] } = template;
  if (template.regions === undefined) {
    const outside = keep === undefined ? [] : outsideOf(keep, columns, rows);
    return { template: name, source: `template ${name}`, blanked: [...outside, ...blank] };
  }
  return {
    template: name,
    source: `template ${name}, region tags`,
    blanked: [...outsideOfRegions(dataSet, image), ...blank],
  };
}

function outsideOfRegions(dataSet: DataSet, image: Image): readonly Rectangle[] {
  const { columns, rows } = image;
  const regions = regionsOf(dataSet, image);
  const topRows = Math.ceil(rows * TOP_SHARE);
  if (regions.some(({ y }) => y < topRows)) {
    throw withoutRule('One of its regions reaches to the upper edge, where names are written.');
  }
  const outside = outsideOf(regions, columns, rows);
  const blankedArea = outside.reduce((sum, { width, height }) => sum + width * height, 0);
  if (blankedArea < (1 - COVERED_SHARE_MAX) * columns * rows) {
    throw withoutRule('Its regions cover the whole image.');
  }
  return outside;
}

function regionsOf(dataSet: DataSet, { columns, rows }: Image): readonly Rectangle[] {
  const items = find(dataSet, REGIONS)?.items ?? [];
  if (items.length === 0) {
    throw withoutRule(
      'The template of its model trusts its ultrasound regions, and it names none.',
    );
  }
  return items.map((item) => {
    const [left, top, right, bottom] = [0x0018_6018, 0x0018_601a, 0x0018_601c, 0x0018_601e].map(
      (tag) => ulongOf(item, tag),
    );
    if (left === undefined || top === undefined || right === undefined || bottom === undefined) {
      throw withoutRule('One of its regions has no place.');
    }
    // The last pixel belongs to the region.
    const region = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
    if (!liesIn(region, columns, rows))
      throw withoutRule('One of its regions is not in its image.');
    return region;
  });
}

function ulongOf(item: DataSet, tag: number): number | undefined {
  const value = find(item, tag)?.value;
  return value?.length === 4 ? Buffer.from(value).readUInt32LE(0) : undefined;
}

function withoutRule(message: string): PixelsWithoutRule {
  return new PixelsWithoutRule(`It is not known where text is burned into its image. ${message}`);
}
