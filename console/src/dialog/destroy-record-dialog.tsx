/** Destroys a record that was never released, at once. */
import { useMutation } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { RecordSummary } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { QuarantineNote } from '../part/quarantine-mark.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { QUARANTINE_WORDS } from '../words/quarantine.ts';
import { WORDS } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

interface DestroyRecordDialogProps {
  readonly caseId: string;
  readonly record: RecordSummary;
  readonly onClose: () => void;
}

export function DestroyRecordDialog({
  caseId,
  record,
  onClose,
}: DestroyRecordDialogProps): ReactNode {
  const destroy = useMutation({
    mutationFn: () => desk.destroyRecord(caseId, record.id),
    onSuccess: onClose,
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey }),
  });
  return (
    <Dialog title={QUARANTINE_WORDS.destroyTitle} onClose={onClose}>
      <p className="strong break">{record.name}</p>
      <QuarantineNote quarantine={record.quarantine} />
      <p className="note note--warning">{QUARANTINE_WORDS.destroyLead}</p>
      <Trouble fault={destroy.error} />
      <div className="form__acts">
        <Button kind="quiet" onPress={onClose}>
          {WORDS.cancel}
        </Button>
        <Button
          kind="danger"
          icon={Trash2}
          isBusy={destroy.isPending}
          onPress={() => destroy.mutate()}
        >
          {QUARANTINE_WORDS.destroyAct}
        </Button>
      </div>
    </Dialog>
  );
}
