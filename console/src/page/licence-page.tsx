/** The first gate of a browser: it becomes a licensed workstation, once. */
import { useMutation } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { WORDS } from '../words/words.ts';
import { enrolWorkstation } from '../workstation/enrol-workstation.ts';
import type { KeptWorkstation } from '../workstation/kept-workstation.ts';
import { Gate } from './gate.tsx';

interface LicencePageProps {
  /** From the address; empty when it is typed. */
  readonly code: string;
  /** The licence that this browser has already. */
  readonly held: KeptWorkstation | null;
  readonly onDone: () => void;
}

const LABEL_LENGTH_MAX = 200;

export function LicencePage({ code: given, held, onDone }: LicencePageProps): ReactNode {
  const [code, setCode] = useState(given);
  const [label, setLabel] = useState('');
  const license = useMutation({
    mutationFn: () => enrolWorkstation(code, label.trim()),
    onSuccess: (kept) => {
      queryClient.setQueryData(queries.workstation().queryKey, kept);
      // Whoever was signed in was so at the workstation before.
      queryClient.setQueryData(queries.me().queryKey, null);
      onDone();
    },
  });
  const words = WORDS.licence;
  return (
    <Gate title={words.title} lead={words.lead}>
      {held !== null && <p className="note">{words.held}</p>}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          license.mutate();
        }}
      >
        <Field
          label={words.code}
          hint={words.codeHint}
          value={code}
          onChange={setCode}
          isMonospaced
          lengthMax={64}
        />
        <Field
          label={words.label}
          hint={words.labelHint}
          value={label}
          onChange={setLabel}
          lengthMax={LABEL_LENGTH_MAX}
        />
        <Trouble fault={license.error} />
        <div className="form__acts">
          {held !== null && (
            <Button kind="quiet" onPress={onDone}>
              {words.keep}
            </Button>
          )}
          <Button kind="main" type="submit" icon={KeyRound} isBusy={license.isPending}>
            {license.isPending ? words.busy : words.act}
          </Button>
        </div>
      </form>
      <p className="hint">{words.kept}</p>
    </Gate>
  );
}
