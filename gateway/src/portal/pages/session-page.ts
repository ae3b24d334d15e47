/**
 * One session: who, when, for what, and each file with its digest and what became of it.
 *
 * The files are the lines behind the receipt that the cart signed, and names may be PHI: they are the facility's own, and gone here when the
 * case is destroyed. Whoever opens this page has been written into the ledger.
 */
import { readReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { ReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { FacilityCase, FacilitySession } from '../contract.ts';
import { html } from './html.ts';
import type { Content, Markup } from './html.ts';
import { wordsOf } from './language.ts';
import { bytesOf, columnsOf, documentOf, instantOf, tableOf, termsOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';
import { sessionWordsOf } from './session-words.ts';

/** Files that a page shows. */
export const FILES_PER_PAGE = 200;

export interface ShownSession {
  readonly of: FacilityCase;
  readonly session: FacilitySession;
  /** The lines behind the receipt; null where they are not kept. */
  readonly lines: readonly string[] | null;
  /** From 1. */
  readonly page: number;
}

export function sessionPage(
  setting: PageSetting,
  reader: Reader,
  { of, session, lines, page }: ShownSession,
): string {
  const { language } = setting;
  const words = wordsOf(language);
  const own = sessionWordsOf(language);
  const { technician, consent, activities, end, running } = words.sessions;
  const about = termsOf([
    [technician, session.technicianName],
    [words.cases.cart, session.cart],
    [consent, instantOf(language, session.grantedUtcMs)],
    [activities, session.activities.map((each) => words.activities[each]).join(', ')],
    [
      end,
      session.end === null
        ? running
        : html`${instantOf(language, session.end.utcMs)}: ${words.ended[session.end.reason]}`,
    ],
  ]);
  const content = html`${about}
    <section>
      <h2>${own.files}</h2>
      ${lines === null ? html`<p>${own.notKept}</p>` : filesOf(setting, of, session, lines, page)}
    </section>
    <p><a href="/cases/${of.id}">${own.back}</a></p>`;
  return documentOf(setting, { title: own.title(of.number), reader, content });
}

function filesOf(
  setting: PageSetting,
  of: FacilityCase,
  session: FacilitySession,
  lines: readonly string[],
  page: number,
): Markup {
  const own = sessionWordsOf(setting.language);
  if (lines.length === 0) return html`<p>${own.noFiles}</p>`;
  const columns = columnsOf(
    own.name,
    own.direction,
    own.size,
    own.when,
    own.outcome,
    'SHA-256 (base64url)',
  );
  const shown = lines.slice((page - 1) * FILES_PER_PAGE, page * FILES_PER_PAGE);
  const rows = shown.flatMap((line) => {
    const file = readReceiptFile(line);
    return file === undefined ? [] : [rowOf(setting, file)];
  });
  const address = `/cases/${of.id}/sessions/${session.id}`;
  return html`<p>${own.lead}</p>
    ${tableOf(own.files, columns, rows)}
    <p class="turn">
      ${page > 1 ? html`<a href="${address}?page=${page - 1}" rel="prev">${own.earlier}</a>` : null}
      ${page * FILES_PER_PAGE < lines.length ? html`<a href="${address}?page=${page + 1}" rel="next">${own.later}</a>` : null}
    </p>`;
}

function rowOf({ language }: PageSetting, file: ReceiptFile): Markup {
  const own = sessionWordsOf(language);
  const digest: Content = file.sha256 === null ? own.noDigest : html`<code>${file.sha256}</code>`;
  return html`<tr>
    <th scope="row" class="id">${file.name}</th>
    <td>${own.directions[file.direction]}</td>
    <td>${bytesOf(language, file.bytes)}</td>
    <td>${instantOf(language, file.utcMs)}</td>
    <td>${own.outcomes[file.outcome]}</td>
    <td>${digest}</td>
  </tr>`;
}
