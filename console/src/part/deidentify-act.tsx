/** De-identifies one record, or shows what was changed in it, or why it could not be. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { FileCheck, ShieldOff } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { RecordSummary } from '../api/desk.ts';
import { DeidentificationReportDialog } from '../dialog/deidentification-report-dialog.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { DEIDENTIFICATION_WORDS as words } from '../words/deidentification.ts';
import { Button } from './button.tsx';

interface DeidentifyActProps {
  readonly caseId: string;
  readonly record: RecordSummary;
  /** Whether the desk would do it for who looks; a report is for all who see the record. */
  readonly mayAct: boolean;
}

/** Only for records whose content may be read: those that were released from quarantine, and results. */
export function DeidentifyAct({ caseId, record, mayAct }: DeidentifyActProps): ReactNode {
  const [isShown, setShown] = useState(false);
  const { data } = useQuery(queries.deidentification(caseId));
  const outcome = data?.outcomes.findLast(
    ({ source, result }) => source === record.id || result === record.id,
  );
  const work = useMutation({
    mutationFn: () => desk.deidentify(caseId, record.id),
    // A refusal is an outcome, too: it is shown like one.
    onSettled: async () => {
      const { queryKey } = queries.deidentification(caseId);
      await queryClient.invalidateQueries({ queryKey });
      await queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey });
      setShown(true);
    },
  });
  const isReport = outcome !== undefined || record.origin === 'de-identified';
  if (!isReport && !mayAct) return null;
  return (
    <>
      {!isReport ? (
        <Button
          icon={ShieldOff}
          label={words.actNamed(record.name)}
          isBusy={work.isPending}
          isDisabled={work.isPending}
          onPress={() => work.mutate()}
        >
          {words.act}
        </Button>
      ) : (
        <Button
          icon={FileCheck}
          label={words.reportNamed(record.name)}
          onPress={() => setShown(true)}
        >
          {words.report}
        </Button>
      )}
      {isShown && (
        <DeidentificationReportDialog
          name={record.name}
          text={outcome?.text ?? null}
          refusal={outcome?.refusal ?? null}
          fault={work.error}
          onClose={() => setShown(false)}
        />
      )}
    </>
  );
}
