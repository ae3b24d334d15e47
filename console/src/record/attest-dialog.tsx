/** Attests that the copies of an export are deleted: one's own, or as a lead in the place of somebody else. */
import { EXPORT_REASON_LENGTH_MAX } from '@chaperone/protocol/console-api/records.ts';
import { useMutation } from '@tanstack/react-query';
import { BadgeCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { records } from '../api/records.ts';
import type { ExportList, RecordExport } from '../api/records.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { EXPORT_WORDS } from '../words/exports.ts';
import { WORDS } from '../words/words.ts';

interface AttestDialogProps {
  readonly caseId: string;
  readonly exported: RecordExport;
  readonly name: string;
  readonly isOwn: boolean;
  readonly statements: ExportList['statements'];
  readonly onClose: () => void;
}

const words = EXPORT_WORDS;
const REASON_LENGTH_MIN = 3;

export function AttestDialog(props: AttestDialogProps): ReactNode {
  const { caseId, exported, name, isOwn, statements, onClose } = props;
  const [reason, setReason] = useState('');
  const attest = useMutation({
    mutationFn: () => records.attest(caseId, exported.id, isOwn ? null : reason.trim()),
    onSuccess: (list) => {
      queryClient.setQueryData(queries.exports(caseId).queryKey, list);
      onClose();
    },
  });
  return (
    <Dialog title={words.attestTitle} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          attest.mutate();
        }}
      >
        <p className="strong break">{name}</p>
        <blockquote className="statement">{isOwn ? statements.own : statements.placed}</blockquote>
        <p className="hint">{words.attestLead}</p>
        {!isOwn && (
          <Field
            label={words.attestWhy(exported.by.name)}
            hint={words.attestWhyHint}
            value={reason}
            onChange={setReason}
            lines={2}
            lengthMax={EXPORT_REASON_LENGTH_MAX}
          />
        )}
        <Trouble fault={attest.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind="main"
            type="submit"
            icon={BadgeCheck}
            isBusy={attest.isPending}
            isDisabled={!isOwn && reason.trim().length < REASON_LENGTH_MIN}
          >
            {attest.isPending ? words.attesting : words.attestAct}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
