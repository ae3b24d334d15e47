/** Every session of a facility: who, when, for what, how it ended, what moved; and what a policy would name them by. */
import { SESSIONS_PER_PAGE } from '../contract.ts';
import type { SessionOfFacility, SessionPage } from '../contract.ts';
import { facilityWordsOf } from './facility-words.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { wordsOf } from './language.ts';
import { bytesOf, columnsOf, documentOf, instantOf, tableOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';
import { sessionWordsOf } from './session-words.ts';

export function sessionsPage(
  setting: PageSetting,
  reader: Reader,
  { sessions, total }: SessionPage,
  page: number,
): string {
  const words = wordsOf(setting.language);
  const own = facilityWordsOf(setting.language);
  const { technician, consent, activities, moved, end } = words.sessions;
  const columns = columnsOf(
    words.cases.number,
    words.cases.cart,
    technician,
    consent,
    activities,
    moved,
    end,
  );
  const rows = sessions.map((session) => rowOf(setting, session));
  const hasOlder = page * SESSIONS_PER_PAGE < total;
  const content = html`<p>${own.sessionsLead}</p>
    <section>
      <h2>${own.sessions}</h2>
      ${rows.length === 0 ? html`<p>${own.noSessions}</p>` : tableOf(own.sessions, columns, rows)}
      <p class="turn">
        ${page > 1 ? html`<a href="/sessions?page=${page - 1}" rel="prev">${words.cases.newer}</a>` : null}
        ${hasOlder ? html`<a href="/sessions?page=${page + 1}" rel="next">${words.cases.older}</a>` : null}
      </p>
    </section>`;
  return documentOf(setting, { title: own.sessions, reader, content });
}

function rowOf(setting: PageSetting, session: SessionOfFacility): Markup {
  const { language } = setting;
  const words = wordsOf(language);
  const own = facilityWordsOf(language);
  const { end, moved, technicianId, workstationId } = session;
  const files = words.sessions;
  return html`<tr>
    <th scope="row"><a href="/cases/${session.caseId}">${session.caseNumber}</a></th>
    <td class="id">${session.cart}</td>
    <td>
      ${session.technicianName}
      <details>
        <summary>${own.ids}</summary>
        <code>${technicianId}</code><br /><code>${workstationId}</code>
      </details>
    </td>
    <td>${instantOf(language, session.grantedUtcMs)}</td>
    <td>${session.activities.map((each) => words.activities[each]).join(', ')}</td>
    <td>
      ${moved === null ? files.noReceipt : html`${files.fetched(files.files(moved.filesFetched), bytesOf(language, moved.bytesFetched))}<br />${files.placed(files.files(moved.filesPlaced), bytesOf(language, moved.bytesPlaced))}<br /><a href="/cases/${session.caseId}/sessions/${session.id}">${sessionWordsOf(language).each}</a>`}
    </td>
    <td>
      ${end === null ? files.running : html`${instantOf(language, end.utcMs)}<br />${words.ended[end.reason]}`}
    </td>
  </tr>`;
}
