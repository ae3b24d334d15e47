/** One case: who was let in, by whose consent, for what, and where the proof is. */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { FacilityCase, FacilitySession, FilesMoved } from '../contract.ts';
import { html } from './html.ts';
import type { Content, Markup } from './html.ts';
import { wordsOf } from './language.ts';
import { bytesOf, columnsOf, documentOf, instantOf, stateOf, tableOf, termsOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';
import { sessionWordsOf } from './session-words.ts';

export function casePage(
  setting: PageSetting,
  reader: Reader,
  shown: FacilityCase,
  sessions: readonly FacilitySession[],
): string {
  const { language } = setting;
  const words = wordsOf(language);
  const { opened, cart, state } = words.cases;
  const about = termsOf([
    [cart, shown.cart],
    [opened, instantOf(language, shown.openedUtcMs)],
    [state, stateOf(language, shown)],
    [
      words.resolvedAt,
      shown.resolvedUtcMs === null ? null : instantOf(language, shown.resolvedUtcMs),
    ],
  ]);
  const { title, lead, evidence, certificate, noCertificate } = words.proof;
  const content = html`${about}
    <section>
      <h2>${words.sessions.title}</h2>
      ${sessions.length === 0 ? html`<p>${words.sessions.none}</p>` : sessionsTable(setting, shown.id, sessions)}
    </section>
    <section>
      <h2>${title}</h2>
      <p>${lead}</p>
      <ul class="doors">
        <li>
          ${shown.isCertified ? html`<a href="/cases/${shown.id}/certificate">${certificate}</a>` : noCertificate}
        </li>
        <li><a href="/cases/${shown.id}/evidence.json" download>${evidence}</a></li>
        <li>
          <a href="/ledger/chaperone-verify.html" download>${words.ledgerPage.page}</a>
          (<a href="/ledger">${words.ledgerPage.how}</a>)
        </li>
      </ul>
    </section>
    <p><a href="/">${words.back}</a></p>`;
  return documentOf(setting, { title: words.caseTitle(shown.number), reader, content });
}

function sessionsTable(
  setting: PageSetting,
  caseId: CaseId,
  sessions: readonly FacilitySession[],
): Markup {
  const { language } = setting;
  const words = wordsOf(language);
  const { technician, consent, activities, moved, end, running } = words.sessions;
  const rows = sessions.map(
    (session) =>
      html`<tr>
        <th scope="row">${session.technicianName}</th>
        <td class="id">${session.cart}</td>
        <td>${instantOf(language, session.grantedUtcMs)}</td>
        <td>${session.activities.map((each) => words.activities[each]).join(', ')}</td>
        <td>
          ${session.moved === null ? words.sessions.noReceipt : html`${movedOf(setting, session.moved)}<br />${receiptOf(setting, caseId, session)}<br /><a href="/cases/${caseId}/sessions/${session.id}">${sessionWordsOf(language).each}</a>`}
        </td>
        <td>
          ${session.end === null ? running : html`${instantOf(language, session.end.utcMs)}<br />${words.ended[session.end.reason]}`}
        </td>
      </tr>`,
  );
  const columns = columnsOf(technician, words.cases.cart, consent, activities, moved, end);
  return tableOf(words.sessions.title, columns, rows);
}

/** What both ends have signed is called so; until then it is the cart's word alone. */
function receiptOf({ language }: PageSetting, caseId: CaseId, session: FacilitySession): Content {
  const { receipt, receiptOfCart } = wordsOf(language).sessions;
  const address = `/cases/${caseId}/sessions/${session.id}/receipt.json`;
  return html`<a href="${address}" download
    >${session.isCountersigned ? receipt : receiptOfCart}</a
  >`;
}

function movedOf({ language }: PageSetting, moved: FilesMoved): Content {
  const { fetched, placed, files } = wordsOf(language).sessions;
  const { filesFetched, bytesFetched, filesPlaced, bytesPlaced } = moved;
  return html`${fetched(files(filesFetched), bytesOf(language, bytesFetched))}<br />${placed(files(filesPlaced), bytesOf(language, bytesPlaced))}`;
}
