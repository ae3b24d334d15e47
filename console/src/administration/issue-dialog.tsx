/** Issues a licence for a workstation, or for a cart (`issue-cart-dialog.tsx`), and shows its code once. */
import { useMutation } from '@tanstack/react-query';
import { Ticket } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { Licence } from '../api/administration.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { OnceShown } from '../part/once-shown.tsx';
import { Trouble } from '../part/trouble.tsx';
import { administrationChanged } from '../query/administration.ts';
import { formatDateTime } from '../words/format.ts';
import { LICENCE_WORDS } from '../words/machines.ts';
import { WORDS } from '../words/words.ts';
import { IssueCartDialog } from './issue-cart-dialog.tsx';

const words = LICENCE_WORDS;
/** Of a label, as the authority takes them. */
const NAME_LENGTH_MAX = 64;

interface IssueDialogProps {
  readonly subject: Licence['subject'];
  /** The cart's serial, where it is known already. */
  readonly serial?: string;
  readonly onClose: () => void;
}

export function IssueDialog({ subject, serial, onClose }: IssueDialogProps): ReactNode {
  return subject === 'cart' ? (
    <IssueCartDialog {...(serial === undefined ? {} : { serial })} onClose={onClose} />
  ) : (
    <IssueWorkstationDialog onClose={onClose} />
  );
}

function IssueWorkstationDialog({ onClose }: Pick<IssueDialogProps, 'onClose'>): ReactNode {
  const [name, setName] = useState('');
  const issue = useMutation({
    mutationFn: () => administration.licenseWorkstation(name.trim()),
    onSuccess: administrationChanged,
    // What is shown once is not kept once the dialog is closed.
    gcTime: 0,
  });
  if (issue.data !== undefined) {
    const { licence, code } = issue.data;
    const done = (): void => {
      announce(words.issued(licence.name));
      onClose();
    };
    return (
      <Dialog key="made" isHeld title={words.code} onClose={done}>
        <OnceShown
          label={words.code}
          lead={words.codeLead(licence.name, formatDateTime(licence.expiresUtcMs))}
          secret={code}
          onDone={done}
        />
      </Dialog>
    );
  }
  return (
    <Dialog key="asked" title={words.forWorkstationTitle} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          issue.mutate();
        }}
      >
        <Field
          label={words.label}
          hint={words.labelHint}
          value={name}
          onChange={setName}
          lengthMax={NAME_LENGTH_MAX}
        />
        <Trouble fault={issue.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind="main"
            type="submit"
            icon={Ticket}
            isDisabled={name.trim() === ''}
            isBusy={issue.isPending}
          >
            {words.issue}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
