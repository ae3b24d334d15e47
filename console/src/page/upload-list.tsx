/** Files on their way from this window to the desk, and what is left there of earlier ways. */
import type { UploadStanding } from '@chaperone/protocol/console-api/schema.ts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Progress } from '../part/progress.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { removeUpload, uploadsAddress } from '../upload/upload-desk.ts';
import { uploads } from '../upload/upload-queue.ts';
import type { QueuedUpload } from '../upload/upload-queue.ts';
import { WORDS } from '../words/words.ts';

const words = WORDS.files;

interface UploadListProps {
  readonly caseId: string;
  readonly technician: string;
}

export function UploadList({ caseId, technician }: UploadListProps): ReactNode {
  const all = useSyncExternalStore(uploads.subscribe, uploads.snapshot);
  const own = all.filter((each) => each.caseId === caseId && each.technician === technician);
  const left = useQuery(queries.unfinishedUploads(caseId));
  const here = new Set(own.map(({ address }) => address));
  const atDesk = left.data?.filter(({ id }) => !here.has(`${uploadsAddress(caseId)}/${id}`)) ?? [];
  return (
    <ul className="transfers">
      {own.map((upload) => (
        <UploadRow key={upload.key} upload={upload} />
      ))}
      {atDesk.map((each) => (
        <UnfinishedRow key={each.id} caseId={caseId} upload={each} />
      ))}
    </ul>
  );
}

function UploadRow({ upload }: { readonly upload: QueuedUpload }): ReactNode {
  const { key, chosen, phase, bytes, record, fault } = upload;
  const name = pathOf(chosen.folder, chosen.file.name);
  const isHeld = phase === 'paused' || phase === 'failed';
  return (
    <li className={`transfer transfer--${phase}`}>
      <span className="transfer__name" title={name}>
        <span>{name}</span>
      </span>
      <span className="transfer__state">{words.uploadPhases[phase]}</span>
      <Progress
        bytes={bytes}
        bytesTotal={chosen.file.size}
        label={name}
        isMoving={phase === 'moving'}
      />
      {phase !== 'sending' && record === null && (
        <Button
          label={isHeld ? words.resumeNamed(name) : words.pauseNamed(name)}
          onPress={() => (isHeld ? uploads.resume(key) : uploads.pause(key))}
        >
          {isHeld ? words.resume : words.pause}
        </Button>
      )}
      {record !== null && phase === 'failed' && (
        <Button label={words.resumeNamed(name)} onPress={() => uploads.resume(key)}>
          {words.resume}
        </Button>
      )}
      {phase !== 'sending' && (
        <Button label={words.cancelNamed(name)} onPress={() => void uploads.cancel(key)}>
          {words.cancel}
        </Button>
      )}
      <Trouble fault={fault} />
    </li>
  );
}

interface UnfinishedRowProps {
  readonly caseId: string;
  readonly upload: UploadStanding;
}

/** A page cannot keep a file: who wants it to go on chooses it again. */
function UnfinishedRow({ caseId, upload }: UnfinishedRowProps): ReactNode {
  const { id, bytes, bytesTotal } = upload;
  const name = pathOf(upload.folder, upload.name);
  const remove = useMutation({
    mutationFn: () => removeUpload(`${uploadsAddress(caseId)}/${id}`),
    onSettled: () =>
      queryClient.invalidateQueries({ queryKey: queries.unfinishedUploads(caseId).queryKey }),
  });
  return (
    <li className="transfer transfer--unfinished">
      <span className="transfer__name" title={name}>
        <span>{name}</span>
      </span>
      <span className="transfer__state">{words.unfinished}</span>
      <Progress bytes={bytes} bytesTotal={bytesTotal} label={name} />
      <Button
        label={words.removeNamed(name)}
        isBusy={remove.isPending}
        onPress={() => remove.mutate()}
      >
        {words.remove}
      </Button>
      <Trouble fault={remove.error} />
    </li>
  );
}

function pathOf(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
