/** A video, played by the browser, which asks the desk for the parts that it needs. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../../key/shortcuts.ts';
import { Trouble } from '../../part/trouble.tsx';
import { formatBytes } from '../../words/format.ts';
import type { ViewProps } from '../view-props.ts';
import { ReadingFault } from '../worker/worker-call.ts';

/** One step where the video does not say how long a frame is, seconds. */
const STEP_SECONDS = 1 / 25;

export function VideoView({ source, name, format }: ViewProps): ReactNode {
  const video = useRef<HTMLVideoElement>(null);
  const [fault, setFault] = useState<Error | null>(null);
  const [size, setSize] = useState('');
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const tell = (): void => {
      const { videoWidth, videoHeight } = element;
      if (videoWidth > 0) setSize(`${videoWidth} × ${videoHeight}`);
    };
    const fail = (): void => setFault(new ReadingFault('VIDEO_UNREADABLE'));
    // Either may have happened before anybody listens.
    tell();
    if (element.error !== null) fail();
    element.addEventListener('error', fail);
    // A recording that says no length tells its size only with its first picture.
    const told = ['loadedmetadata', 'loadeddata', 'resize'] as const;
    for (const each of told) element.addEventListener(each, tell);
    return () => {
      element.removeEventListener('error', fail);
      for (const each of told) element.removeEventListener(each, tell);
    };
  }, []);
  const step = (by: number): void => {
    const element = video.current;
    if (element === null) return;
    element.pause();
    element.currentTime = Math.max(0, element.currentTime + by * STEP_SECONDS);
  };
  useShortcuts({
    ' ': () => {
      const element = video.current;
      if (element === null) return;
      if (element.paused) void element.play().catch(() => undefined);
      else element.pause();
    },
    ',': () => step(-1),
    '.': () => step(1),
  });
  return (
    <div className="image">
      <Trouble fault={fault} />
      <div className="image__place">
        <video
          ref={video}
          className="image__picture image__picture--fitted"
          aria-label={name}
          src={source.address}
          controls
          controlsList="nodownload noremoteplayback"
          disablePictureInPicture
          muted
          preload="auto"
          onContextMenu={(event) => event.preventDefault()}
        />
      </div>
      <p className="viewer__foot">
        <span>{format.toUpperCase()}</span>
        <span>{size}</span>
        <span>{formatBytes(source.bytes)}</span>
      </p>
    </div>
  );
}
