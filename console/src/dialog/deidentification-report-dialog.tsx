/** Shows a report of de-identification as text, or the refusal with its reason. */
import type { ReactNode } from 'react';
import type { DeidentificationRefusal } from '@chaperone/domain/deidentification/deidentification.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { DEIDENTIFICATION_WORDS as words } from '../words/deidentification.ts';
import { Dialog } from './dialog.tsx';

interface DeidentificationReportDialogProps {
  readonly name: string;
  readonly text: string | null;
  readonly refusal: DeidentificationRefusal | null;
  /** What went wrong otherwise. */
  readonly fault: Error | null;
  readonly onClose: () => void;
}

export function DeidentificationReportDialog(props: DeidentificationReportDialogProps): ReactNode {
  const { name, text, refusal, fault, onClose } = props;
  return (
    <Dialog
      title={refusal === null ? words.reportTitle : words.refusedTitle}
      isWide
      onClose={onClose}
    >
      <p className="strong break">{name}</p>
      {refusal !== null && (
        <>
          <p className="note note--warning">{words.refusals[refusal]}</p>
          <p className="hint">{words.refusedLead}</p>
        </>
      )}
      {refusal === null && text === null && <Trouble fault={fault} />}
      {refusal === null && text === null && fault === null && <p>{words.noReport}</p>}
      {text !== null && (
        <>
          <p className="hint">{words.reportLead}</p>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls. */}
          <pre className="report-text" tabIndex={0} aria-label={words.reportNamed(name)}>
            {text}
          </pre>
        </>
      )}
      <div className="form__acts">
        <Button kind="quiet" onPress={onClose}>
          {words.close}
        </Button>
      </div>
    </Dialog>
  );
}
