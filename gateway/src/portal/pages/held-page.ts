/** What is held of a facility now, and why: a case that is not resolved each. */
import type { HeldCase } from '../contract.ts';
import { facilityWordsOf } from './facility-words.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { wordsOf } from './language.ts';
import { bytesOf, columnsOf, documentOf, instantOf, stateOf, tableOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';

export function heldPage(setting: PageSetting, reader: Reader, held: readonly HeldCase[]): string {
  const words = wordsOf(setting.language);
  const own = facilityWordsOf(setting.language);
  const { number, cart, opened } = words.cases;
  const columns = columnsOf(number, cart, opened, own.records, own.size, own.why);
  const rows = held.map((each) => rowOf(setting, each));
  const content = html`<p>${own.heldLead}</p>
    <section>
      <h2>${own.held}</h2>
      ${rows.length === 0 ? html`<p>${own.nothingHeld}</p>` : tableOf(own.held, columns, rows)}
    </section>
    <section>
      <h2>${own.exportAll}</h2>
      <p>${own.exportLead}</p>
      <ul class="doors">
        <li><a href="/export.tar" download>${own.exportAll}</a></li>
      </ul>
    </section>`;
  return documentOf(setting, { title: own.held, reader, content });
}

function rowOf({ language }: PageSetting, held: HeldCase): Markup {
  const own = facilityWordsOf(language);
  const { id, number, cart, openedUtcMs, state } = held.case;
  const why = [
    state === 'open' ? own.caseOpen : own.beingDestroyed,
    ...(held.neverReleased > 0 ? [own.notReleased(held.neverReleased)] : []),
    ...(held.infected > 0 ? [own.infected(held.infected)] : []),
    ...(held.exportsOwed > 0 ? [own.exportsOwed(held.exportsOwed)] : []),
  ];
  return html`<tr>
    <th scope="row"><a href="/cases/${id}">${number}</a></th>
    <td class="id">${cart}</td>
    <td>${instantOf(language, openedUtcMs)}</td>
    <td class="number">${held.records}</td>
    <td class="number">${bytesOf(language, held.bytes)}</td>
    <td>${why.join('; ')}<br />${stateOf(language, held.case)}</td>
  </tr>`;
}
