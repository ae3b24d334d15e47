/** Issues a cart's licence with its terms, and shows its code and its file once. */
import { useMutation } from '@tanstack/react-query';
import { FileDown, Ticket } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import { saveText } from '../api/download.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Copyable } from '../part/marks.tsx';
import { OnceShown } from '../part/once-shown.tsx';
import { Trouble } from '../part/trouble.tsx';
import { administrationChanged } from '../query/administration.ts';
import { formatDateTime } from '../words/format.ts';
import { LICENCE_WORDS } from '../words/machines.ts';
import { WORDS } from '../words/words.ts';
import { askedBy, errorsOf, newDraft } from './terms-draft.ts';
import { TermsFields } from './terms-fields.tsx';

const words = LICENCE_WORDS;
/** Of a serial, as the authority takes it. */
const SERIAL_LENGTH_MAX = 64;

interface IssueCartDialogProps {
  /** Where it is known already. */
  readonly serial?: string;
  readonly onClose: () => void;
}

export function IssueCartDialog({ serial = '', onClose }: IssueCartDialogProps): ReactNode {
  const [draft, setDraft] = useState(() => newDraft(serial));
  // When the form was opened: the desk judges by its own clock in any case.
  const [nowMs] = useState(() => Date.now());
  const issue = useMutation({
    mutationFn: () => administration.licenseCart(draft.serial.trim(), askedBy(draft, null)),
    onSuccess: administrationChanged,
    // What is shown once is not kept once the dialog is closed.
    gcTime: 0,
  });
  if (issue.data !== undefined) return <IssuedToCart issued={issue.data} onClose={onClose} />;
  const errors = errorsOf(draft, nowMs);
  // Nobody is told that an empty form is empty.
  const isBlank = draft.serial.trim() === '';
  return (
    <Dialog key="asked" title={words.forCartTitle} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          issue.mutate();
        }}
      >
        <Field
          label={words.serial}
          hint={words.serialHint}
          value={draft.serial}
          onChange={(next) => setDraft({ ...draft, serial: next })}
          error={isBlank ? undefined : errors.serial}
          isMonospaced
          lengthMax={SERIAL_LENGTH_MAX}
        />
        <TermsFields draft={draft} errors={errors} onChange={setDraft} />
        <Trouble fault={issue.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind="main"
            type="submit"
            icon={Ticket}
            isDisabled={isBlank || Object.keys(errors).length > 0}
            isBusy={issue.isPending}
          >
            {words.issue}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface IssuedToCartProps {
  readonly issued: Awaited<ReturnType<typeof administration.licenseCart>>;
  readonly onClose: () => void;
}

function IssuedToCart({ issued, onClose }: IssuedToCartProps): ReactNode {
  const { licence, code, file, rootFingerprint } = issued;
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
      >
        <section className="file-once">
          <p>{words.fileLead}</p>
          <Button
            icon={FileDown}
            onPress={() => saveText(file, `${licence.name}.licence`, 'application/jose')}
          >
            {words.saveFile}
          </Button>
          <p className="hint">{words.fingerprint}</p>
          <Copyable text={rootFingerprint} shown={rootFingerprint} label={words.copyFingerprint} />
        </section>
      </OnceShown>
    </Dialog>
  );
}
