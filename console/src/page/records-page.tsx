/** What the case holds, sealed. Taking something out is an act of its own, and recorded. */
import { useMutation } from '@tanstack/react-query';
import { Download, Send } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import { download } from '../api/download.ts';
import type { CaseDetail, RecordSummary, SessionDetail } from '../api/desk.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { Button } from '../part/button.tsx';
import { Copyable } from '../part/marks.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { formatBytes, formatDateTime, formatDigest } from '../words/format.ts';
import { WORDS } from '../words/words.ts';

interface RecordsPageProps {
  readonly serviceCase: CaseDetail;
  readonly session: SessionDetail | undefined;
}

/** Characters of a digest that are shown; all of it is copied. */
const DIGEST_SHOWN = 12;

export function RecordsPage({ serviceCase, session }: RecordsPageProps): ReactNode {
  const { id: caseId, recordList } = serviceCase;
  const [exported, setExported] = useState<RecordSummary | null>(null);
  const words = WORDS.records;
  const send = useMutation({
    mutationFn: (record: string) => desk.send(caseId, record),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey }),
  });
  const canSend =
    session?.grant != null &&
    session.activities.includes('send-files') &&
    (session.state === 'open' || session.state === 'granted');
  return (
    <div className="page">
      <header className="page-head page-head--stacked">
        <h2>{words.title}</h2>
        <p className="hint">{words.lead}</p>
      </header>
      <Trouble fault={send.error} />
      {recordList.length === 0 ? (
        <div className="empty">
          <p className="empty__title">{words.none}</p>
        </div>
      ) : (
        <div className="table-place">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                <th scope="col">{words.origin}</th>
                <th scope="col" className="number">
                  {words.size}
                </th>
                <th scope="col">{words.digest}</th>
                <th scope="col">{words.sealed}</th>
                <th scope="col">
                  <span className="only-heard">{words.open}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {recordList.map((record) => (
                <tr key={record.id}>
                  <td className="strong break">{record.name}</td>
                  <td className="quiet">{words.origins[record.origin]}</td>
                  <td className="number">{formatBytes(record.bytes)}</td>
                  <td>
                    <Copyable
                      text={formatDigest(record.sha256)}
                      shown={`${formatDigest(record.sha256).slice(0, DIGEST_SHOWN)}…`}
                      label={words.copyDigest(record.name)}
                    />
                  </td>
                  <td className="quiet">{formatDateTime(record.sealedUtcMs)}</td>
                  <td className="act">
                    {record.origin === 'to-send' && canSend && (
                      <Button
                        icon={Send}
                        label={words.sendNamed(record.name)}
                        isDisabled={send.isPending}
                        onPress={() => send.mutate(record.id)}
                      >
                        {words.send}
                      </Button>
                    )}
                    <Button
                      icon={Download}
                      label={words.openNamed(record.name)}
                      onPress={() => setExported(record)}
                    >
                      {words.open}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {exported !== null && (
        <ExportDialog caseId={caseId} record={exported} onClose={() => setExported(null)} />
      )}
    </div>
  );
}

interface ExportDialogProps {
  readonly caseId: string;
  readonly record: RecordSummary;
  readonly onClose: () => void;
}

function ExportDialog({ caseId, record, onClose }: ExportDialogProps): ReactNode {
  const words = WORDS.records;
  const take = useMutation({
    mutationFn: () => download(desk.contentAddress(caseId, record.id), record.name),
    onSuccess: onClose,
  });
  return (
    <Dialog title={words.exportTitle} onClose={onClose}>
      <p className="strong break">{record.name}</p>
      <p className="note note--warning">{words.exportLead}</p>
      <Trouble fault={take.error} />
      <div className="form__acts">
        <Button kind="quiet" onPress={onClose}>
          {WORDS.cancel}
        </Button>
        <Button kind="main" icon={Download} isBusy={take.isPending} onPress={() => take.mutate()}>
          {take.isPending ? words.exporting : words.exportAct}
        </Button>
      </div>
    </Dialog>
  );
}
