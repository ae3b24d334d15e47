/** Every certificate of destruction of a facility: to be read, printed, and taken away as it was signed. */
import type { FacilityCase } from '../contract.ts';
import { facilityWordsOf } from './facility-words.ts';
import { html } from './html.ts';
import { wordsOf } from './language.ts';
import { columnsOf, documentOf, instantOf, tableOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';

export function certificatesPage(
  setting: PageSetting,
  reader: Reader,
  cases: readonly FacilityCase[],
): string {
  const { language } = setting;
  const words = wordsOf(language);
  const own = facilityWordsOf(language);
  const { number, cart, certificate, show } = words.cases;
  const columns = columnsOf(number, cart, own.destroyed, certificate, own.download);
  const rows = cases.map(
    (each) =>
      html`<tr>
        <th scope="row"><a href="/cases/${each.id}">${each.number}</a></th>
        <td class="id">${each.cart}</td>
        <td>
          ${each.resolvedUtcMs === null ? words.notYet : instantOf(language, each.resolvedUtcMs)}
        </td>
        <td>
          <a
            href="/cases/${each.id}/certificate"
            aria-label="${show}: ${certificate} ${each.number}"
            >${show}</a
          >
        </td>
        <td>
          <a
            href="/cases/${each.id}/certificate.jws"
            download
            aria-label="JWS: ${own.download}, ${each.number}"
            >JWS</a
          >
        </td>
      </tr>`,
  );
  const content = html`<p>${own.certificatesLead}</p>
    <section>
      <h2>${own.certificates}</h2>
      ${rows.length === 0 ? html`<p>${own.noCertificates}</p>` : tableOf(own.certificates, columns, rows)}
    </section>`;
  return documentOf(setting, { title: own.certificates, reader, content });
}
