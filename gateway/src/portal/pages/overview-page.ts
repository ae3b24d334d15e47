/** What an officer sees first: the facility's carts and cases. */
import { CASES_PER_PAGE } from '../contract.ts';
import type { CasePage, FacilityCart } from '../contract.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { wordsOf } from './language.ts';
import { columnsOf, documentOf, instantOf, stateOf, tableOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';

export interface Overview {
  readonly carts: readonly FacilityCart[];
  readonly cases: CasePage;
  /** From 1. */
  readonly page: number;
  /** When the reader's certificate ends, if that is soon; else null. UTC. */
  readonly endsUtcMs: number | null;
}

export function overviewPage(setting: PageSetting, reader: Reader, overview: Overview): string {
  const { language } = setting;
  const { endsUtcMs } = overview;
  const ends =
    endsUtcMs === null
      ? null
      : html`<p class="trouble">${wordsOf(language).ends} ${instantOf(language, endsUtcMs)}</p>`;
  const content = html`${ends}${cartsTable(setting, overview)}${casesTable(setting, overview)}`;
  return documentOf(setting, { title: reader.facility, reader, content });
}

function cartsTable({ language }: PageSetting, { carts }: Overview): Markup {
  const words = wordsOf(language);
  const { title, lead, serial, cases, lastSession, none } = words.carts;
  if (carts.length === 0)
    return html`<section>
      <h2>${title}</h2>
      <p>${none}</p>
    </section>`;
  const rows = carts.map(
    (cart) =>
      html`<tr>
        <th scope="row">${cart.serial}</th>
        <td class="number">${cart.cases}</td>
        <td>
          ${cart.lastSessionUtcMs === null ? words.notYet : instantOf(language, cart.lastSessionUtcMs)}
        </td>
      </tr>`,
  );
  return html`<section>
    <h2>${title}</h2>
    <p>${lead}</p>
    ${tableOf(title, columnsOf(serial, cases, lastSession), rows)}
  </section>`;
}

function casesTable({ language }: PageSetting, { cases, page }: Overview): Markup {
  const words = wordsOf(language);
  const { title, number, cart, opened, state, certificate, none, newer, older, show } = words.cases;
  const rows = cases.cases.map(
    (each) =>
      html`<tr>
        <th scope="row"><a href="/cases/${each.id}">${each.number}</a></th>
        <td class="id">${each.cart}</td>
        <td>${instantOf(language, each.openedUtcMs)}</td>
        <td>${stateOf(language, each)}</td>
        <td>
          ${each.isCertified ? html`<a href="/cases/${each.id}/certificate" aria-label="${show}: ${certificate} ${each.number}">${show}</a>` : words.notYet}
        </td>
      </tr>`,
  );
  const columns = columnsOf(number, cart, opened, state, certificate);
  const hasOlder = page * CASES_PER_PAGE < cases.total;
  const turn = html`<p class="turn">
    ${page > 1 ? html`<a href="/?page=${page - 1}" rel="prev">${newer}</a>` : null}
    ${hasOlder ? html`<a href="/?page=${page + 1}" rel="next">${older}</a>` : null}
  </p>`;
  return html`<section>
    <h2>${title}</h2>
    ${rows.length === 0 ? html`<p>${none}</p>` : tableOf(title, columns, rows)}
    ${page > 1 || hasOlder ? turn : null}
  </section>`;
}
