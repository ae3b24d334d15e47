/** What technicians wrote about the case. */
import { useMutation } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { CaseDetail } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { useSignedIn } from '../route/signed-in.tsx';
import { formatDateTime } from '../words/format.ts';
import { WORDS } from '../words/words.ts';

const NOTE_LENGTH_MAX = 4000;

export function NotesPage({ serviceCase }: { readonly serviceCase: CaseDetail }): ReactNode {
  const { me } = useSignedIn();
  const { id: caseId, notes, designated } = serviceCase;
  const [text, setText] = useState('');
  const id = useId();
  const words = WORDS.notes;
  const add = useMutation({
    mutationFn: () => desk.addNote(caseId, text.trim()),
    onSuccess: (changed) => {
      queryClient.setQueryData(queries.case(caseId).queryKey, changed);
      setText('');
    },
  });
  const canWrite = designated.some((each) => each.id === me.technician.id);
  const isReady = text.trim() !== '' && !add.isPending;
  return (
    <div className="page page--narrow">
      <header className="page-head">
        <h2>{words.title}</h2>
      </header>
      {notes.length === 0 && <p className="quiet">{words.none}</p>}
      <ol className="notes">
        {notes.map((each) => (
          <li key={`${String(each.atUtcMs)} ${each.text}`}>
            <p className="notes__who">
              <strong>{each.by}</strong>
              <time dateTime={new Date(each.atUtcMs).toISOString()}>
                {formatDateTime(each.atUtcMs)}
              </time>
            </p>
            <p className="notes__text">{each.text}</p>
          </li>
        ))}
      </ol>
      {canWrite && (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) add.mutate();
          }}
        >
          <div className="field">
            <label htmlFor={id}>{words.label}</label>
            <textarea
              id={id}
              className="input"
              rows={4}
              maxLength={NOTE_LENGTH_MAX}
              value={text}
              aria-describedby={`${id}-hint`}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && event.ctrlKey && isReady) add.mutate();
              }}
            />
            <p className="hint" id={`${id}-hint`}>
              {words.hint}
            </p>
          </div>
          <Trouble fault={add.error} />
          <div className="form__acts form__acts--start">
            <Button
              kind="main"
              type="submit"
              icon={Plus}
              isBusy={add.isPending}
              isDisabled={!isReady}
            >
              {words.act}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
