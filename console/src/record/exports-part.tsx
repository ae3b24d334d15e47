/** Below the records: which copies left, what is owed for them, and who may take one. */
import { useMutation } from '@tanstack/react-query';
import { BadgeCheck, CircleAlert } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { CaseDetail } from '../api/desk.ts';
import { records } from '../api/records.ts';
import type { ExportList, RecordExport } from '../api/records.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { useRoles, useSignedIn } from '../route/signed-in.tsx';
import { EXPORT_WORDS } from '../words/exports.ts';
import { formatDateTime } from '../words/format.ts';
import { AttestDialog } from './attest-dialog.tsx';

interface ExportsPartProps {
  readonly serviceCase: CaseDetail;
  readonly list: ExportList;
}

const words = EXPORT_WORDS;

export function ExportsPart({ serviceCase, list }: ExportsPartProps): ReactNode {
  const { id: caseId, recordList } = serviceCase;
  const [attested, setAttested] = useState<RecordExport | null>(null);
  const { me } = useSignedIn();
  const isLead = useRoles().includes('lead');
  const nameOf = ({ record }: RecordExport): string =>
    recordList.find(({ id }) => id === record)?.name ?? words.gone;
  const isOwn = ({ by }: RecordExport): boolean => by.id === me.technician.id;
  return (
    <section className="exports" aria-label={words.list}>
      <header className="page-head page-head--stacked">
        <h2>{words.list}</h2>
        <p className="hint">{list.exports.length === 0 ? words.none : words.listLead}</p>
      </header>
      {list.exports.length > 0 && (
        <div className="table-place table-place--flat">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{words.record}</th>
                <th scope="col">{words.by}</th>
                <th scope="col">{words.when}</th>
                <th scope="col">{words.why}</th>
                <th scope="col">{words.state}</th>
              </tr>
            </thead>
            <tbody>
              {list.exports.map((each) => (
                <tr key={each.id}>
                  <td className="strong break">{nameOf(each)}</td>
                  <td>{each.by.name}</td>
                  <td className="quiet">{formatDateTime(each.exportedUtcMs)}</td>
                  <td className="break">{each.reason ?? words.reasonGone}</td>
                  <td>
                    {each.attestation === null ? (
                      <span className="pair">
                        <span className="state state--warning">
                          <CircleAlert aria-hidden className="icon icon--small" /> {words.owed}
                        </span>
                        {(isOwn(each) || isLead) && (
                          <Button
                            label={words.attestNamed(nameOf(each))}
                            icon={BadgeCheck}
                            onPress={() => setAttested(each)}
                          >
                            {words.attest}
                          </Button>
                        )}
                      </span>
                    ) : (
                      <span className="quiet" title={each.attestation.statement}>
                        {words.attested(
                          each.attestation.by.name,
                          formatDateTime(each.attestation.atUtcMs),
                        )}
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(list.mayPermit || list.permissions.length > 0) && (
        <Permissions serviceCase={serviceCase} list={list} />
      )}
      {attested !== null && (
        <AttestDialog
          caseId={caseId}
          exported={attested}
          name={nameOf(attested)}
          isOwn={isOwn(attested)}
          statements={list.statements}
          onClose={() => setAttested(null)}
        />
      )}
    </section>
  );
}

function Permissions({ serviceCase, list }: ExportsPartProps): ReactNode {
  const { id: caseId, designated } = serviceCase;
  const { me } = useSignedIn();
  const keep = {
    onSuccess: (changed: ExportList) =>
      queryClient.setQueryData(queries.exports(caseId).queryKey, changed),
  };
  const permit = useMutation({
    mutationFn: (technician: string) => records.permit(caseId, technician),
    ...keep,
  });
  const withdraw = useMutation({
    mutationFn: (technician: string) => records.withdraw(caseId, technician),
    ...keep,
  });
  const others = designated.filter(
    ({ id }) =>
      id !== me.technician.id && !list.permissions.some(({ technician }) => technician.id === id),
  );
  return (
    <div className="permissions">
      <h3>{words.mayExport}</h3>
      <p className="hint">{words.mayExportLead}</p>
      <ul>
        {list.permissions.map(({ technician, by, permittedUtcMs }) => (
          <li key={technician.id} className="pair">
            <span>
              {technician.name}{' '}
              <span className="quiet">
                {words.permittedBy(by.name, formatDateTime(permittedUtcMs))}
              </span>
            </span>
            {list.mayPermit && (
              <Button
                kind="quiet"
                label={words.withdrawNamed(technician.name)}
                isDisabled={withdraw.isPending}
                onPress={() => withdraw.mutate(technician.id)}
              >
                {words.withdraw}
              </Button>
            )}
          </li>
        ))}
        {list.permissions.length === 0 && <li className="quiet">{words.nobody}</li>}
      </ul>
      {list.mayPermit && others.length > 0 && (
        <select
          className="input input--small"
          aria-label={words.permitLabel}
          value=""
          disabled={permit.isPending}
          onChange={(event) => permit.mutate(event.target.value)}
        >
          <option value="" disabled>
            {words.permit}
          </option>
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
      <Trouble fault={permit.error ?? withdraw.error} />
    </div>
  );
}
