/** What the case holds, sealed: looked at here; taking something out is an act of its own, and owed for. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Download, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { CaseDetail, RecordSummary, SessionDetail } from '../api/desk.ts';
import { DestroyRecordDialog } from '../dialog/destroy-record-dialog.tsx';
import { Button } from '../part/button.tsx';
import { DeidentifyAct } from '../part/deidentify-act.tsx';
import { Copyable } from '../part/marks.tsx';
import { QuarantineMark, QuarantineNote, isReleased } from '../part/quarantine-mark.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { useIsDesignated } from '../route/signed-in.tsx';
import { ExportDialog } from '../record/export-dialog.tsx';
import { ExportsPart } from '../record/exports-part.tsx';
import { EXPORT_WORDS } from '../words/exports.ts';
import { formatBytes, formatDateTime, formatDigest } from '../words/format.ts';
import { QUARANTINE_WORDS } from '../words/quarantine.ts';
import { WORDS } from '../words/words.ts';

interface RecordsPageProps {
  readonly serviceCase: CaseDetail;
  readonly session: SessionDetail | undefined;
}

/** Characters of a digest that are shown; all of it is copied. */
const DIGEST_SHOWN = 8;
const words = WORDS.records;

export function RecordsPage({ serviceCase, session }: RecordsPageProps): ReactNode {
  const { id: caseId, recordList } = serviceCase;
  const [exported, setExported] = useState<RecordSummary | null>(null);
  const [doomed, setDoomed] = useState<RecordSummary | null>(null);
  const kinds = useQuery(queries.recordKinds(caseId, recordList));
  const exports = useQuery(queries.exports(caseId));
  const send = useMutation({
    mutationFn: (record: string) => desk.send(caseId, record),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey }),
  });
  const canSend =
    session?.grant != null &&
    session.activities.includes('send-files') &&
    (session.state === 'open' || session.state === 'granted');
  const isDesignated = useIsDesignated(serviceCase);
  const mayDestroy = isDesignated && !serviceCase.legalHold;
  const mayExport = exports.data?.mayExport === true;
  const kindOf = (record: string): string => {
    const found = kinds.data?.kinds.find((each) => each.record === record);
    return found === undefined ? EXPORT_WORDS.kindUnknown : EXPORT_WORDS.kinds[found.kind];
  };
  return (
    <div className="page">
      <header className="page-head page-head--stacked">
        <h2>{words.title}</h2>
        <p className="hint">
          {words.lead}
          {recordList.some(isUnscanned) && ` ${QUARANTINE_WORDS.unscannedLead}`}
        </p>
      </header>
      <Trouble fault={send.error ?? kinds.error ?? exports.error} />
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
                <th scope="col">{EXPORT_WORDS.kind}</th>
                <th scope="col">{words.origin}</th>
                <th scope="col">{QUARANTINE_WORDS.title}</th>
                <th scope="col" className="number">
                  {words.size}
                </th>
                <th scope="col">{words.digest}</th>
                <th scope="col">
                  <span className="only-heard">{EXPORT_WORDS.act}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {recordList.map((record) => (
                <tr key={record.id}>
                  <td className="strong break record-name">
                    <RecordName caseId={caseId} record={record} mayOpen={isDesignated} />
                  </td>
                  <td className="quiet">{kindOf(record.id)}</td>
                  <td className="quiet">
                    {words.origins[record.origin]}
                    <br />
                    <small>{formatDateTime(record.sealedUtcMs)}</small>
                  </td>
                  <td>
                    {record.origin === 'recording' ? (
                      <span className="quiet">{words.madeHere}</span>
                    ) : (
                      <QuarantineMark quarantine={record.quarantine} />
                    )}
                    <QuarantineNote quarantine={record.quarantine} />
                  </td>
                  <td className="number">{formatBytes(record.bytes)}</td>
                  <td>
                    <Copyable
                      text={formatDigest(record.sha256)}
                      shown={`${formatDigest(record.sha256).slice(0, DIGEST_SHOWN)}…`}
                      label={words.copyDigest(record.name)}
                    />
                  </td>
                  <td className="act">
                    {record.origin === 'to-send' && canSend && isReleased(record) && (
                      <Button
                        icon={Send}
                        label={words.sendNamed(record.name)}
                        isDisabled={send.isPending}
                        onPress={() => send.mutate(record.id)}
                      >
                        {words.send}
                      </Button>
                    )}
                    {isReleased(record) && record.origin !== 'recording' && (
                      <DeidentifyAct caseId={caseId} record={record} mayAct={isDesignated} />
                    )}
                    {isReleased(record) && mayExport && (
                      <Button
                        icon={Download}
                        label={EXPORT_WORDS.actNamed(record.name)}
                        onPress={() => setExported(record)}
                      >
                        {EXPORT_WORDS.act}
                      </Button>
                    )}
                    {!isReleased(record) && mayDestroy && (
                      <Button
                        icon={Trash2}
                        label={QUARANTINE_WORDS.destroyNamed(record.name)}
                        onPress={() => setDoomed(record)}
                      >
                        {QUARANTINE_WORDS.destroy}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {exports.data !== undefined && <ExportsPart serviceCase={serviceCase} list={exports.data} />}
      {doomed !== null && (
        <DestroyRecordDialog caseId={caseId} record={doomed} onClose={() => setDoomed(null)} />
      )}
      {exported !== null && (
        <ExportDialog caseId={caseId} record={exported} onClose={() => setExported(null)} />
      )}
    </div>
  );
}

function isUnscanned({ quarantine }: RecordSummary): boolean {
  return quarantine.state === 'released' && !quarantine.scanned;
}

/** The way to a record; what is not released cannot be looked at. */
function RecordName({
  caseId,
  record,
  mayOpen,
}: {
  readonly caseId: string;
  readonly record: RecordSummary;
  /** Who is not designated sees that it is there, and no more. */
  readonly mayOpen: boolean;
}): ReactNode {
  if (!mayOpen || !isReleased(record)) return record.name;
  return (
    <Link
      to="/cases/$caseId/records/$recordId"
      params={{ caseId, recordId: record.id }}
      aria-label={EXPORT_WORDS.viewNamed(record.name)}
    >
      {record.name}
    </Link>
  );
}
