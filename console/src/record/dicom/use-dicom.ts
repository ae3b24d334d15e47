/** A DICOM file as its worker opened it: what it is, its tags, and the frame that is shown. */
import { useEffect, useRef, useState } from 'react';
import type { SourceAddress } from '../reading/range-source.ts';
import { shownFault } from '../worker/shown-fault.ts';
import { WorkerCalls } from '../worker/worker-call.ts';
import type { WorkerPort } from '../worker/worker-call.ts';
import type { FrameAsked, FrameGiven, OpenedDicom } from './dicom-worker.ts';
import type { TagList } from './tag-list.ts';

export interface DicomReading {
  readonly opened: OpenedDicom | null;
  readonly loadedBytes: number;
  readonly fault: Error | null;
  readonly setFault: (fault: Error | null) => void;
  frame(asked: FrameAsked): Promise<FrameGiven>;
  tags(): Promise<TagList>;
}

export function useDicom({ address, bytes }: SourceAddress): DicomReading {
  const [opened, setOpened] = useState<OpenedDicom | null>(null);
  const [loadedBytes, setLoadedBytes] = useState(0);
  const [fault, setFault] = useState<Error | null>(null);
  const calls = useRef<WorkerCalls | null>(null);
  useEffect(() => {
    const own = new WorkerCalls(
      () =>
        new Worker(new URL('./dicom-worker.ts', import.meta.url), {
          type: 'module',
        }) as unknown as WorkerPort,
    );
    calls.current = own;
    own
      .call<OpenedDicom, number>('open', { address, bytes }, { onTold: setLoadedBytes })
      .then(setOpened)
      .catch((reason: unknown) => setFault(shownFault(reason)));
    return () => own.close();
  }, [address, bytes]);
  const asked = async <Answer>(method: string, argument: unknown): Promise<Answer> => {
    if (calls.current === null) throw new TypeError('The worker is there as long as its page is.');
    return await calls.current.call<Answer>(method, argument);
  };
  return {
    opened,
    loadedBytes,
    fault,
    setFault,
    frame: async (frame) => await asked<FrameGiven>('frame', frame),
    tags: async () => await asked<TagList>('tags', null),
  };
}
