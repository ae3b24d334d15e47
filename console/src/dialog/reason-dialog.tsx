/** An act that asks for a reason first, and says in one sentence what happens. */
import { useMutation } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { LIST_WORDS } from '../words/list.ts';
import { WORDS } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

const REASON_LENGTH_MAX = 200;

interface ReasonDialogProps<Answer> {
  readonly title: string;
  /** What happens. */
  readonly lead: ReactNode;
  readonly act: string;
  readonly icon?: LucideIcon;
  readonly isDanger?: boolean;
  /** False while something else has to be chosen first. */
  readonly isReady?: boolean;
  readonly children?: ReactNode;
  readonly run: (reason: string) => Promise<Answer>;
  readonly onDone: (answer: Answer) => void;
  readonly onClose: () => void;
}

export function ReasonDialog<Answer>(props: ReasonDialogProps<Answer>): ReactNode {
  const { title, lead, icon, isDanger = false, isReady = true, run, onDone, onClose } = props;
  const [reason, setReason] = useState('');
  const act = useMutation({ mutationFn: () => run(reason.trim()), onSuccess: onDone });
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <p className={isDanger ? 'note note--warning' : 'lead'}>{lead}</p>
        {props.children}
        <Field
          label={LIST_WORDS.reason}
          hint={LIST_WORDS.reasonHint}
          value={reason}
          onChange={setReason}
          lengthMax={REASON_LENGTH_MAX}
        />
        <Trouble fault={act.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind={isDanger ? 'danger' : 'main'}
            type="submit"
            {...(icon === undefined ? {} : { icon })}
            isDisabled={!isReady || reason.trim() === ''}
            isBusy={act.isPending}
          >
            {props.act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
