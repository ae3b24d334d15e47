/** A picture of a common format, shown by the browser once its size is known to be sensible. Never as a page: only as pixels. */
import type { RecordFormat } from '@chaperone/domain/record-kind/record-kind.ts';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../../key/shortcuts.ts';
import { Button } from '../../part/button.tsx';
import { Trouble } from '../../part/trouble.tsx';
import { formatBytes } from '../../words/format.ts';
import { VIEWER_WORDS } from '../../words/viewer.ts';
import { RangeSource } from '../reading/range-source.ts';
import type { ViewProps } from '../view-props.ts';
import { shownFault } from '../worker/shown-fault.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import { imageSizeOf } from './image-size.ts';
import type { ImageSize } from './image-size.ts';

const words = VIEWER_WORDS.image;
/** Beyond, it is not loaded to be looked at; bytes. */
const IMAGE_BYTES_MAX = 128 * 1024 * 1024;
/** A picture of more takes more than 400 MB of memory. */
const IMAGE_PIXELS_MAX = 100_000_000;
const HEAD_BYTES = 1024 * 1024;
const TYPES: Partial<Record<RecordFormat, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
};

interface Shown extends ImageSize {
  readonly address: string;
  /** A browser shows of a picture that ends too early what there is, and says nothing. */
  readonly isWhole: boolean;
}

export function ImageView({ source, name, format }: ViewProps): ReactNode {
  const { address, bytes } = source;
  const [shown, setShown] = useState<Shown | null>(null);
  const [fault, setFault] = useState<Error | null>(null);
  const [zoom, setZoom] = useState<number | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isGone = false;
    const controller = new AbortController();
    load(new RangeSource({ address, bytes }), format, controller.signal)
      .then((picture) => {
        if (isGone) return URL.revokeObjectURL(picture.address);
        made = picture.address;
        setShown(picture);
      })
      .catch((reason: unknown) => !isGone && setFault(shownFault(reason)));
    return () => {
      isGone = true;
      controller.abort();
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [address, bytes, format]);
  const larger = (by: number): void =>
    setZoom((was) => Math.min(20, Math.max(0.05, (was ?? 1) * by)));
  useShortcuts({
    '+': () => larger(1.25),
    '=': () => larger(1.25),
    '-': () => larger(0.8),
    '0': () => setZoom(null),
    o: () => setZoom(1),
  });
  return (
    <div className="image">
      <div className="viewer__tools">
        <Button isPressed={zoom === null} onPress={() => setZoom(null)}>
          {words.fit}
        </Button>
        <Button isPressed={zoom === 1} onPress={() => setZoom(1)}>
          {words.ownSize}
        </Button>
        <span className="viewer__found">{zoom === null ? '' : `${Math.round(zoom * 100)} %`}</span>
      </div>
      <Trouble fault={fault} />
      {shown?.isWhole === false && (
        <p className="note note--warning" role="alert">
          {words.notWhole}
        </p>
      )}
      {shown === null ? (
        fault === null && <p className="viewer__wait">{VIEWER_WORDS.loading}</p>
      ) : (
        // A picture that is larger than its place is scrolled by keyboard, too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <section className="image__place" tabIndex={0} aria-label={name}>
          <img
            src={shown.address}
            alt={name}
            className={zoom === null ? 'image__picture image__picture--fitted' : 'image__picture'}
            {...(zoom === null ? {} : { width: shown.width * zoom, height: shown.height * zoom })}
          />
        </section>
      )}
      <p className="viewer__foot">
        <span>{format.toUpperCase()}</span>
        {shown !== null && (
          <span>
            {shown.width} × {shown.height}
          </span>
        )}
        <span>{formatBytes(bytes)}</span>
      </p>
    </div>
  );
}

/** @throws ReadingFault */
async function load(
  source: RangeSource,
  format: RecordFormat,
  signal: AbortSignal,
): Promise<Shown> {
  if (source.bytes > IMAGE_BYTES_MAX) throw new ReadingFault('RECORD_TOO_LARGE_TO_VIEW');
  const size = imageSizeOf(await source.read(0, HEAD_BYTES), format);
  if (size === null) throw new ReadingFault('IMAGE_UNREADABLE');
  if (size.width * size.height > IMAGE_PIXELS_MAX)
    throw new ReadingFault('IMAGE_TOO_LARGE', `${size.width} × ${size.height}`);
  const all = await source.whole(() => undefined, signal);
  const type = TYPES[format];
  if (type === undefined) throw new ReadingFault('IMAGE_UNREADABLE');
  const blob = new Blob([all as Uint8Array<ArrayBuffer>], { type });
  const address = URL.createObjectURL(blob);
  const picture = new Image();
  picture.src = address;
  try {
    await picture.decode();
  } catch {
    URL.revokeObjectURL(address);
    throw new ReadingFault('IMAGE_UNREADABLE');
  }
  return { ...size, address, isWhole: await isWhole(blob) };
}

/** Unlike a picture on a page, a bitmap is made of all of it or not at all. */
async function isWhole(blob: Blob): Promise<boolean> {
  try {
    const bitmap = await createImageBitmap(blob, { resizeWidth: 1, resizeHeight: 1 });
    bitmap.close();
    return true;
  } catch {
    return false;
  }
}
