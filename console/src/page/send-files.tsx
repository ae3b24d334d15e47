/** Sends files and folders to the cart: uploaded and sealed into the case first, then placed in the cart's inbox. */
import type { Directories } from '@chaperone/protocol/cart-api/schema.ts';
import { useQuery } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import { chosenOf, droppedOf } from '../upload/chosen-file.ts';
import type { ChosenFile } from '../upload/chosen-file.ts';
import { uploads } from '../upload/upload-queue.ts';
import { formatBytes } from '../words/format.ts';
import { WORDS } from '../words/words.ts';
import { UploadList } from './upload-list.tsx';

/** Not in React's types; every browser knows it. */
const WHOLE_FOLDER = { webkitdirectory: '' };

interface SendFilesProps {
  readonly caseId: string;
  readonly isUsable: boolean;
  readonly inbox: Directories['inbox'];
}

export function SendFiles({ caseId, isUsable, inbox }: SendFilesProps): ReactNode {
  const [isOver, setIsOver] = useState(false);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const [fault, setFault] = useState<unknown>(null);
  const me = useQuery(queries.me());
  const technician = me.data?.technician.id ?? null;
  const words = WORDS.files;
  const isOpen = isUsable && inbox !== null && technician !== null;

  const take = (files: readonly ChosenFile[]): void => {
    if (inbox === null || technician === null) return;
    setFault(null);
    // Known before anything is uploaded.
    const tooLarge = files.filter(({ file }) => file.size > inbox.bytesMax);
    setRefused(tooLarge.map(({ file }) => file.name));
    const taken = files.filter(({ file }) => file.size <= inbox.bytesMax);
    if (taken.length > 0) uploads.add(caseId, technician, taken);
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
          if (isOpen) droppedOf(event.dataTransfer).then(take, setFault);
        }}
      >
        <Upload aria-hidden className="icon" />
        <Picks isOpen={isOpen} onTake={take} />
        {inbox !== null && (
          <span className="hint">
            {words.dropHint} “{inbox.label}”.
          </span>
        )}
      </div>
      <Trouble fault={fault} />
      {inbox !== null &&
        refused.map((name) => (
          <p key={name} className="trouble">
            {name} {words.tooLarge} {formatBytes(inbox.bytesMax)}.
          </p>
        ))}
      {technician !== null && <UploadList caseId={caseId} technician={technician} />}
    </div>
  );
}

interface PicksProps {
  readonly isOpen: boolean;
  readonly onTake: (files: readonly ChosenFile[]) => void;
}

/** The ways without a pointer: the browser's own choice of files, or of a folder. */
function Picks({ isOpen, onTake }: PicksProps): ReactNode {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const words = WORDS.files;
  return (
    <span>
      {words.drop}{' '}
      <button type="button" disabled={!isOpen} onClick={() => files.current?.click()}>
        {words.pick}
      </button>{' '}
      {words.or}{' '}
      <button type="button" disabled={!isOpen} onClick={() => folder.current?.click()}>
        {words.pickFolder}
      </button>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        disabled={!isOpen}
        aria-label={words.send}
        onChange={(event) => {
          onTake(chosenOf(event.target.files));
          event.target.value = '';
        }}
      />
      <input
        ref={folder}
        type="file"
        {...WHOLE_FOLDER}
        hidden
        disabled={!isOpen}
        aria-label={words.pickFolderInput}
        onChange={(event) => {
          onTake(chosenOf(event.target.files));
          event.target.value = '';
        }}
      />
    </span>
  );
}
