/** How groups of the directory become roles, and what each role may do. */
import { ROLE_NAMES } from '@chaperone/protocol/console-api/administration.ts';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Copyable } from '../part/marks.tsx';
import { Trouble } from '../part/trouble.tsx';
import { administrationQueries } from '../query/administration.ts';
import { ROLE_TABLE_WORDS, ROLE_WORDS } from '../words/accounts.ts';
import { WORDS } from '../words/words.ts';

const words = ROLE_TABLE_WORDS;

export function RolesPage(): ReactNode {
  const { data, error } = useQuery(administrationQueries.roles());
  return (
    <section className="page" aria-labelledby="roles-title">
      <header className="page-head page-head--stacked">
        <h1 id="roles-title">{words.title}</h1>
        <p className="hint">{words.lead}</p>
      </header>
      <Trouble fault={error} />
      {data === undefined && error === null && <p className="waiting">{WORDS.loading}</p>}
      {data !== undefined && (
        <>
          <p>
            <span className="quiet">{words.directory}:</span>{' '}
            {words.directories[data.directory] ?? data.directory}
          </p>
          <table className="table table--list table--tall" aria-label={words.title}>
            <colgroup>
              <col width={170} />
              <col />
              <col width={460} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">{words.role}</th>
                <th scope="col">{words.group}</th>
                <th scope="col">{words.may}</th>
              </tr>
            </thead>
            <tbody>
              {ROLE_NAMES.map((role) => {
                const groups = data.rows.filter((row) => row.role === role);
                return (
                  <tr key={role}>
                    <th scope="row">{ROLE_WORDS[role]}</th>
                    <td>
                      {groups.length === 0 && <span className="quiet">{words.noGroup}</span>}
                      <ul className="groups">
                        {groups.map(({ group }) => (
                          <li key={group}>
                            <Copyable text={group} shown={group} label={words.copyGroup} />
                          </li>
                        ))}
                      </ul>
                    </td>
                    <td className="wraps">{words.means[role]}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
