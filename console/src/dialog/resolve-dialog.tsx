/** Destroys what a case holds: says exactly what, asks for its number, then shows how far it is. */
import { DESTRUCTION_STEPS } from '@chaperone/domain/destruction/destruction.ts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, Flame, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { CaseDetail, Timeline } from '../api/desk.ts';
import type { RecordExport } from '../api/records.ts';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { EXPORT_WORDS } from '../words/exports.ts';
import { WORDS } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

interface ResolveDialogProps {
  readonly serviceCase: CaseDetail;
  /** A session of the case is running: it must be ended first. */
  readonly isInSession: boolean;
  readonly onClose: () => void;
  readonly onResolved: () => void;
}

/** How often the ledger is asked for the next step, milliseconds. */
const ASK_EVERY_MS = 400;

export function ResolveDialog(props: ResolveDialogProps): ReactNode {
  const { serviceCase, isInSession, onClose, onResolved } = props;
  const { id, number, recordList } = serviceCase;
  const [typed, setTyped] = useState('');
  const words = WORDS.resolve;
  const resolve = useMutation({
    mutationFn: () => desk.resolve(id, typed.trim()),
    onSuccess: (resolved) => {
      // Nothing of what was sealed stays in this window either.
      queryClient.removeQueries({ queryKey: ['files', id] });
      queryClient.removeQueries({ queryKey: ['directories', id] });
      queryClient.setQueryData(queries.case(id).queryKey, resolved);
      void queryClient.invalidateQueries({ queryKey: ['cases'] });
      onResolved();
    },
    onError: () => {
      void queryClient.invalidateQueries({ queryKey: queries.case(id).queryKey });
    },
  });
  const exports = useQuery(queries.exports(id));
  const owed = (exports.data?.exports ?? []).filter(({ attestation }) => attestation === null);
  // The desk may want a confirmation first: nothing is destroyed before the ledger says so.
  const { data } = useQuery({
    ...queries.timeline(id),
    enabled: resolve.isPending,
    refetchInterval: ASK_EVERY_MS,
  });
  const told = data?.entries ?? [];
  if (resolve.isPending && told.some(({ kind }) => kind === 'case-resolving')) {
    return <UnderWay told={told} onClose={onClose} />;
  }
  return (
    <Dialog title={words.title} isWide onClose={onClose}>
      <p className="lead">{words.lead}</p>
      <div className="fate">
        <section aria-label={words.destroyed}>
          <h3 className="fate__destroyed">
            <Flame aria-hidden className="icon" />
            {words.destroyed}
          </h3>
          <ul>
            <li>{words.key}</li>
            <li>
              {words.records(recordList.length)}
              {recordList.length > 0 && <RecordNames names={recordList.map(({ name }) => name)} />}
            </li>
            <li>{words.sealed}</li>
            <li>{words.traces}</li>
          </ul>
        </section>
        <section aria-label={words.kept}>
          <h3>
            <Check aria-hidden className="icon" />
            {words.kept}
          </h3>
          <ul>
            {words.keptItems.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      </div>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          resolve.mutate();
        }}
      >
        <p>
          {words.confirm} <strong className="mono">{number}</strong>
        </p>
        <Field
          label={words.confirmLabel}
          value={typed}
          onChange={setTyped}
          isMonospaced
          lengthMax={64}
        />
        {isInSession && <p className="note note--warning">{words.inSession}</p>}
        {owed.length > 0 && <OwedNote owed={owed} recordList={recordList} />}
        <Trouble fault={resolve.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind="danger"
            type="submit"
            icon={Flame}
            isDisabled={isInSession || owed.length > 0 || typed.trim() !== number}
            isBusy={resolve.isPending}
          >
            {words.act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface OwedNoteProps extends Pick<CaseDetail, 'recordList'> {
  readonly owed: readonly RecordExport[];
}

/** The names are those of the list of exports: the desk's refusal says only how many. */
function OwedNote({ owed, recordList }: OwedNoteProps): ReactNode {
  const nameOf = (record: string): string =>
    recordList.find(({ id }) => id === record)?.name ?? EXPORT_WORDS.gone;
  return (
    <p className="note note--warning">
      {EXPORT_WORDS.owedOnResolve(owed.length)}{' '}
      <RecordNames
        names={owed.map(({ record, by }) => EXPORT_WORDS.owedBy(nameOf(record), by.name))}
      />
      . {EXPORT_WORDS.toExports}
    </p>
  );
}

const NAMES_SHOWN = 4;

function RecordNames({ names }: { readonly names: readonly string[] }): ReactNode {
  const rest = names.length - NAMES_SHOWN;
  return (
    <span className="quiet break">
      : {names.slice(0, NAMES_SHOWN).join(', ')}
      {rest > 0 && ` + ${rest}`}
    </span>
  );
}

interface UnderWayProps {
  readonly told: Timeline['entries'];
  readonly onClose: () => void;
}

/** The steps as the ledger has them, which is why they can be believed. */
function UnderWay({ told, onClose }: UnderWayProps): ReactNode {
  const words = WORDS.resolve;
  const isDone = (step: string): boolean =>
    step === 'decided'
      ? told.some(({ kind }) => kind === 'case-resolving')
      : step === 'certified'
        ? told.some(({ kind }) => kind === 'case-resolved')
        : told.some(({ kind, text }) => kind === 'destruction-step' && text.includes(step));
  return (
    <Dialog title={words.progress} onClose={onClose}>
      <p className="hint">{words.progressLead}</p>
      <ol className="burning" aria-live="polite">
        {DESTRUCTION_STEPS.map((step) => (
          <li key={step} className={isDone(step) ? 'burning__done' : ''}>
            {isDone(step) ? (
              <Check aria-hidden className="icon" />
            ) : (
              <LoaderCircle aria-hidden className="icon icon--turning" />
            )}
            {words.steps[step]}
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
