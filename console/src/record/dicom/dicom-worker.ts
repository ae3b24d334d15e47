/** Opens a DICOM file beside the page, and gives its tags and its frames. */
import { RangeSource } from '../reading/range-source.ts';
import type { SourceAddress } from '../reading/range-source.ts';
import { Handed, serve } from '../worker/serve.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import { decodeFrame } from './decode-frame.ts';
import type { UnpackJPEG } from './decode-frame.ts';
import { DICOM_BYTES_MAX, openDicom } from './dicom-file.ts';
import type { DicomFile } from './dicom-file.ts';
import { FrameBytes } from './frame-bytes.ts';
import { imageTermsOf } from './image-terms.ts';
import type { ImageTerms, Window } from './image-terms.ts';
import { PLAIN_WINDOW, fullWindow, paint, paletteOf } from './samples.ts';
import type { Palette, Samples } from './samples.ts';
import { listTags } from './tag-list.ts';
import { openDictionary } from './tag-dictionary.ts';

/** Decoded frames that are kept, so that a cine that runs round is decoded once; bytes. */
const KEPT_BYTES_MAX = 256 * 1024 * 1024;
const TELL_EVERY_BYTES = 1024 * 1024;

/** What is known of a file once it is open. */
export interface OpenedDicom {
  readonly terms: ImageTerms | null;
  /** Why there is no picture; null where there is one. */
  readonly refusal: { readonly code: string; readonly detail: string | null } | null;
  readonly window: Window;
  readonly about: readonly { readonly name: string; readonly value: string }[];
}

export interface FrameAsked {
  readonly frame: number;
  readonly window: Window;
  readonly isInverted: boolean;
}

export interface FrameGiven {
  readonly frame: number;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

interface Open {
  readonly file: DicomFile;
  readonly terms: ImageTerms;
  readonly frames: FrameBytes;
  readonly palette: Palette | null;
  readonly kept: Map<number, Samples>;
}

let file: DicomFile | null = null;
let open: Open | null = null;

serve({
  open: async (address: SourceAddress, { tell, signal }) => {
    if (address.bytes > DICOM_BYTES_MAX) throw new ReadingFault('RECORD_TOO_LARGE_TO_VIEW');
    let toldAt = 0;
    const bytes = await new RangeSource(address).whole((at) => {
      if (at - toldAt < TELL_EVERY_BYTES) return;
      toldAt = at;
      tell(at);
    }, signal);
    file = await openDicom(bytes);
    return await describe(file);
  },
  frame: async ({ frame, window, isInverted }: FrameAsked) => {
    if (open === null) throw new ReadingFault('VIEWER_STOPPED');
    const samples = await samplesOf(open, frame);
    const { columns: width, rows: height } = open.terms;
    const rgba = paint(samples, open.terms, window, isInverted);
    const given: FrameGiven = { frame, width, height, rgba };
    return new Handed(given, [rgba.buffer]);
  },
  tags: async () => {
    if (file === null) throw new ReadingFault('VIEWER_STOPPED');
    return listTags(file.dataSet, await openDictionary());
  },
});

async function describe(opened: DicomFile): Promise<OpenedDicom> {
  const about = aboutOf(opened);
  try {
    const terms = imageTermsOf(opened);
    const palette = terms.photometric === 'PALETTE COLOR' ? paletteOf(opened.dataSet) : null;
    const frames = new FrameBytes(opened, terms);
    open = { file: opened, terms, frames, palette, kept: new Map() };
    const first = await samplesOf(open, 0);
    const [own] = terms.windows;
    const window = first.is === 'colour' ? PLAIN_WINDOW : (own ?? fullWindow(first, terms));
    const shown = { center: window.center, width: window.width };
    return { terms, refusal: null, window: shown, about };
  } catch (fault) {
    open = null;
    // A file without a picture, or with one that is not shown here, still has its tags.
    const code = fault instanceof ReadingFault ? fault.code : 'FRAMES_UNREADABLE';
    const detail = fault instanceof ReadingFault ? fault.detail : null;
    return { terms: null, refusal: { code, detail }, window: PLAIN_WINDOW, about };
  }
}

function aboutOf({ dataSet, transferSyntax }: DicomFile): OpenedDicom['about'] {
  const told = [
    ['Modality', dataSet.string('x00080060')],
    ['Series', dataSet.string('x0008103e')],
    ['Transfer syntax', transferSyntax],
  ] as const;
  return told.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [{ name, value: value.slice(0, 64) }],
  );
}

async function samplesOf({ terms, frames, palette, kept }: Open, frame: number): Promise<Samples> {
  const known = kept.get(frame);
  if (known !== undefined) return known;
  const samples = await decodeFrame(frames.of(frame), terms, palette, unpackJPEG);
  const eachBytes = samples.is === 'grey' ? samples.values.byteLength : samples.rgba.byteLength;
  if ((kept.size + 1) * eachBytes <= KEPT_BYTES_MAX) kept.set(frame, samples);
  return samples;
}

const unpackJPEG: UnpackJPEG = async (bytes, columns, rows) => {
  const blob = new Blob([bytes.slice() as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' });
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, {
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
    });
  } catch {
    throw new ReadingFault('FRAMES_UNREADABLE');
  }
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new ReadingFault('FRAMES_UNREADABLE');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, columns, rows).data;
};
