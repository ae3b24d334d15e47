/** Takes a record out: why, recorded first, then saved by the browser itself, which goes on with what was cut off. */
import { EXPORT_REASON_LENGTH_MAX } from '@chaperone/protocol/console-api/records.ts';
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { RecordSummary } from '../api/desk.ts';
import { records } from '../api/records.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { EXPORT_WORDS } from '../words/exports.ts';
import { WORDS } from '../words/words.ts';

interface ExportDialogProps {
  readonly caseId: string;
  readonly record: RecordSummary;
  readonly onClose: () => void;
}

const words = EXPORT_WORDS;
const REASON_LENGTH_MIN = 3;

export function ExportDialog({ caseId, record, onClose }: ExportDialogProps): ReactNode {
  const [reason, setReason] = useState('');
  const take = useMutation({
    mutationFn: () => records.beginExport(caseId, record.id, reason.trim()),
    onSuccess: ({ id }) => {
      save(records.exportAddress(caseId, id), record.name);
      void queryClient.invalidateQueries({ queryKey: queries.exports(caseId).queryKey });
      onClose();
    },
  });
  return (
    <Dialog title={words.title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          take.mutate();
        }}
      >
        <p className="strong break">{record.name}</p>
        <p className="note note--warning">{words.lead}</p>
        <Field
          label={words.reason}
          hint={words.reasonHint}
          value={reason}
          onChange={setReason}
          lines={2}
          lengthMax={EXPORT_REASON_LENGTH_MAX}
        />
        <Trouble fault={take.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind="main"
            type="submit"
            icon={Download}
            isBusy={take.isPending}
            isDisabled={reason.trim().length < REASON_LENGTH_MIN}
          >
            {take.isPending ? words.taking : words.take}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The desk answers with an attachment, so that this page stays where it is. */
function save(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
