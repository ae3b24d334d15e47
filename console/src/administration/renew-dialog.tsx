/** Gives a cart's licence other terms: the cart keeps its key and hears of them when it asks next. */
import { CalendarClock } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { Licence } from '../api/administration.ts';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import { LICENCE_WORDS } from '../words/machines.ts';
import { askedBy, draftOf, errorsOf } from './terms-draft.ts';
import { TermsFields } from './terms-fields.tsx';

const words = LICENCE_WORDS;

interface RenewDialogProps {
  readonly licence: Licence;
  readonly terms: NonNullable<Licence['terms']>;
  readonly onDone: (text: string) => void;
  readonly onClose: () => void;
}

export function RenewDialog({ licence, terms, onDone, onClose }: RenewDialogProps): ReactNode {
  const { id, name } = licence;
  const [draft, setDraft] = useState(() => draftOf(name, terms));
  // When the form was opened: the desk judges by its own clock in any case.
  const [nowMs] = useState(() => Date.now());
  const errors = errorsOf(draft, nowMs);
  return (
    <ReasonDialog
      title={words.renewTitle(name)}
      lead={words.renewLead}
      act={words.renewAct}
      icon={CalendarClock}
      isReady={Object.keys(errors).length === 0}
      run={(reason) => administration.renewLicence(id, { ...askedBy(draft, terms), reason })}
      onDone={() => onDone(words.renewed(name))}
      onClose={onClose}
    >
      <TermsFields draft={draft} errors={errors} isRenewal onChange={setDraft} />
    </ReasonDialog>
  );
}
