/** How the pixels of a file are to be read (PS3.3 C.7.6.3), and why they cannot be shown here. */
import { ReadingFault } from '../worker/worker-call.ts';
import type { DataSet, DicomFile } from './dicom-file.ts';
import { SYNTAX, decimalsOf, guarded } from './dicom-file.ts';

/** A frame of more pixels is not shown: no ultrasound has it. */
export const FRAME_PIXELS_MAX = 64_000_000;
export const FRAMES_MAX = 100_000;
const SIDE_MAX = 32_767;
/** What is played where the file does not say how fast, milliseconds a frame. */
const FRAME_MS_DEFAULT = 1000 / 30;
const FRAME_MS_MIN = 4;
const FRAME_MS_MAX = 10_000;

export const PHOTOMETRICS = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
] as const;
export type Photometric = (typeof PHOTOMETRICS)[number];

export interface Window {
  readonly center: number;
  readonly width: number;
}

export interface WindowPreset extends Window {
  readonly name: string;
}

export interface ImageTerms {
  readonly transferSyntax: string;
  readonly photometric: Photometric;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly isSigned: boolean;
  readonly isPlanar: boolean;
  readonly slope: number;
  readonly intercept: number;
  /** Height of a pixel by its width. */
  readonly aspect: number;
  readonly frameMs: number;
  /** Of the file itself. */
  readonly windows: readonly WindowPreset[];
}

const SHOWN_SYNTAXES: ReadonlySet<string> = new Set(Object.values(SYNTAX));

/** @throws ReadingFault: IMAGE_ABSENT, IMAGE_SYNTAX_NOT_SHOWN, IMAGE_NOT_SHOWN, IMAGE_TOO_LARGE */
export function imageTermsOf(file: DicomFile): ImageTerms {
  return guarded(() => readTerms(file));
}

function readTerms({ dataSet, transferSyntax }: DicomFile): ImageTerms {
  if (dataSet.elements['x7fe00010'] === undefined) throw new ReadingFault('IMAGE_ABSENT');
  if (!SHOWN_SYNTAXES.has(transferSyntax))
    throw new ReadingFault('IMAGE_SYNTAX_NOT_SHOWN', transferSyntax);
  const rows = dataSet.uint16('x00280010') ?? 0;
  const columns = dataSet.uint16('x00280011') ?? 0;
  const frames = Math.max(1, Math.trunc(finite(decimalsOf(dataSet, 'x00280008')[0]) ?? 1));
  const isSize = rows > 0 && columns > 0 && rows <= SIDE_MAX && columns <= SIDE_MAX;
  if (!isSize || rows * columns > FRAME_PIXELS_MAX || frames > FRAMES_MAX)
    throw new ReadingFault('IMAGE_TOO_LARGE', `${columns} × ${rows} × ${frames}`);
  const bitsAllocated = dataSet.uint16('x00280100');
  const samples = dataSet.uint16('x00280002') ?? 1;
  const photometric = PHOTOMETRICS.find((each) => each === dataSet.string('x00280004'));
  const isKnown = (bitsAllocated === 8 || bitsAllocated === 16) && (samples === 1 || samples === 3);
  const fits = isKnown && photometric !== undefined && isColour(photometric) === (samples === 3);
  if (!fits || (samples === 3 && bitsAllocated !== 8)) throw new ReadingFault('IMAGE_NOT_SHOWN');
  const bitsStored = Math.min(
    bitsAllocated,
    Math.max(1, dataSet.uint16('x00280101') ?? bitsAllocated),
  );
  return {
    ...{ transferSyntax, photometric, rows, columns, frames, samples, bitsAllocated, bitsStored },
    isSigned: dataSet.uint16('x00280103') === 1,
    isPlanar: dataSet.uint16('x00280006') === 1,
    slope: finite(decimalsOf(dataSet, 'x00281053')[0]) ?? 1,
    intercept: finite(decimalsOf(dataSet, 'x00281052')[0]) ?? 0,
    aspect: aspectOf(dataSet),
    frameMs: frameMsOf(dataSet),
    windows: samples === 1 ? windowsOf(dataSet) : [],
  };
}

/** Whether its pixels have three samples each. */
export function isColour(photometric: Photometric): boolean {
  return photometric === 'RGB' || photometric.startsWith('YBR');
}

/** What the file says of its speed, the surest first (PS3.3 C.7.6.5). */
function frameMsOf(dataSet: DataSet): number {
  const rates = ['x00082144', 'x00180040'].map((tag) => {
    const [perSecond = 0] = decimalsOf(dataSet, tag);
    return perSecond > 0 ? 1000 / perSecond : undefined;
  });
  const [time] = decimalsOf(dataSet, 'x00181063');
  // Of a list of times the first belongs to no interval.
  const [, interval] = decimalsOf(dataSet, 'x00181065');
  const told = [time, interval, ...rates];
  const found = told.find((each) => each !== undefined && Number.isFinite(each) && each > 0);
  return Math.min(FRAME_MS_MAX, Math.max(FRAME_MS_MIN, found ?? FRAME_MS_DEFAULT));
}

function aspectOf(dataSet: DataSet): number {
  const [vertical = 1, horizontal = 1] = decimalsOf(dataSet, 'x00280034');
  const aspect = vertical / horizontal;
  return aspect > 0.1 && aspect < 10 ? aspect : 1;
}

const WINDOWS_MAX = 8;

function windowsOf(dataSet: DataSet): readonly WindowPreset[] {
  const windows: WindowPreset[] = [];
  const widths = decimalsOf(dataSet, 'x00281051');
  const names = dataSet.string('x00281055')?.split('\\') ?? [];
  const centers = decimalsOf(dataSet, 'x00281050').slice(0, WINDOWS_MAX);
  for (const [at, told] of centers.entries()) {
    const center = finite(told);
    const width = finite(widths[at]);
    if (center === null || width === null || width < 1) break;
    windows.push({ name: (names[at] ?? '').slice(0, 40), center, width });
  }
  return windows;
}

function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}
