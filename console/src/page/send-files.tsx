/** Sends files to the cart: uploaded and sealed into the case first, then placed in the cart's inbox. */
import type { Directories } from '@chaperone/protocol/cart-api/schema.ts';
import { Upload, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { desk, uploadOutgoing } from '../api/desk.ts';
import { Button, IconButton } from '../part/button.tsx';
import { Progress } from '../part/progress.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { formatBytes } from '../words/format.ts';
import { codeOf } from '../words/problem.ts';
import { WORDS } from '../words/words.ts';

interface SendFilesProps {
  readonly caseId: string;
  readonly isUsable: boolean;
  readonly inbox: Directories['inbox'];
}

interface UnderWay {
  readonly key: number;
  readonly name: string;
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly fault: unknown;
  readonly stop: AbortController;
}

let lastKey = 0;

export function SendFiles({ caseId, isUsable, inbox }: SendFilesProps): ReactNode {
  const [underWay, setUnderWay] = useState<readonly UnderWay[]>([]);
  const [isOver, setIsOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const words = WORDS.files;
  const isOpen = isUsable && inbox !== null;

  const change = (key: number, what: Partial<UnderWay> | null): void =>
    setUnderWay((all) =>
      all.flatMap((each) =>
        each.key !== key ? [each] : what === null ? [] : [{ ...each, ...what }],
      ),
    );

  const send = async (file: globalThis.File): Promise<void> => {
    const key = (lastKey += 1);
    const stop = new AbortController();
    const mark = { key, name: file.name, bytes: 0, bytesTotal: file.size, stop };
    const isTooLarge = inbox !== null && file.size > inbox.bytesMax;
    const fault = isTooLarge ? new TooLargeForCart(file.name, inbox.bytesMax) : null;
    setUnderWay((all) => [...all, { ...mark, fault }]);
    if (isTooLarge) return;
    try {
      const record = await uploadOutgoing(
        caseId,
        file,
        (bytes) => change(key, { bytes }),
        stop.signal,
      );
      await desk.send(caseId, record.id);
      change(key, null);
    } catch (problem) {
      change(key, codeOf(problem) === 'CANCELLED' ? null : { fault: problem });
    }
    void queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey });
  };
  const take = (files: FileList | null): void => {
    // One after the other, so that a slow line is not shared by all of them.
    void [...(files ?? [])].reduce(
      (before, file) => before.then(() => send(file)),
      Promise.resolve(),
    );
  };
  return (
    <div className="send">
      <h3>{words.send}</h3>
      <div
        className={isOver ? 'drop drop--over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(isOpen);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          if (isOpen) take(event.dataTransfer.files);
        }}
      >
        <Upload aria-hidden className="icon" />
        <span>
          {words.drop}{' '}
          <button type="button" disabled={!isOpen} onClick={() => picker.current?.click()}>
            {words.pick}
          </button>
        </span>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={words.send}
          onChange={(event) => {
            take(event.target.files);
            event.target.value = '';
          }}
        />
        {inbox !== null && (
          <span className="hint">
            {words.dropHint} “{inbox.label}”.
          </span>
        )}
      </div>
      <ul className="transfers">
        {underWay.map(({ key, name, bytes, bytesTotal, fault, stop }) => (
          <li key={key} className="transfer">
            <span className="transfer__name">{name}</span>
            {fault === null ? (
              <>
                <span className="transfer__state">{words.sealing}</span>
                <Progress bytes={bytes} bytesTotal={bytesTotal} label={name} />
                <Button label={words.cancelNamed(name)} onPress={() => stop.abort()}>
                  {words.cancel}
                </Button>
              </>
            ) : (
              <>
                <IconButton icon={X} label={words.dismiss} onPress={() => change(key, null)} />
                {fault instanceof TooLargeForCart ? (
                  <p className="trouble">{fault.message}</p>
                ) : (
                  <Trouble fault={fault} />
                )}
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Known before anything is uploaded. */
class TooLargeForCart extends Error {
  constructor(name: string, bytesMax: number) {
    super(`${name} ${WORDS.files.tooLarge} ${formatBytes(bytesMax)}.`);
    this.name = 'TooLargeForCart';
  }
}
