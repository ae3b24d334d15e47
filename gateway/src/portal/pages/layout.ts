/** What every page has: head, who is signed in, the way about, and how instants and sizes are written. */
import type { FacilityCase } from '../contract.ts';
import { facilityWordsOf } from './facility-words.ts';
import { html } from './html.ts';
import type { Content, Markup } from './html.ts';
import { wordsOf } from './language.ts';
import type { Language } from './language.ts';

/** Where the pages' only style sheet is. */
export const STYLE_PATH = '/portal.css';

/** What all pages say of where they are. */
export interface PageSetting {
  readonly language: Language;
  /** The service centre's name. */
  readonly serviceCentre: string;
  readonly demo: boolean;
}

export interface Reader {
  readonly name: string;
  readonly facility: string;
}

export interface PageParts {
  readonly title: string;
  /** Null where nobody is signed in. */
  readonly reader: Reader | null;
  readonly content: Markup;
}

/** Writes a whole page. */
export function documentOf(setting: PageSetting, { title, reader, content }: PageParts): string {
  const words = wordsOf(setting.language);
  return html`<!doctype html>
    <html lang="${setting.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="dark" />
        <title>${title} – ${words.portal}</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
      </head>
      <body>
        ${setting.demo ? html`<p class="demo" role="note">${words.demo}</p>` : null}
        <header>
          <p class="place">${setting.serviceCentre}<span>${words.portal}</span></p>
          ${reader === null ? null : wayAbout(setting.language, reader)}
        </header>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
        <footer>
          <p>${words.readOnly} ${words.utc}</p>
        </footer>
      </body>
    </html> `.text;
}

function wayAbout(language: Language, { name, facility }: Reader): Markup {
  const words = wordsOf(language);
  const own = facilityWordsOf(language);
  return html`<nav aria-label="${words.portal}">
      <a href="/">${words.overview}</a>
      <a href="/sessions">${own.sessions}</a>
      <a href="/held">${own.held}</a>
      <a href="/certificates">${own.certificates}</a>
      <a href="/policy">${own.policy}</a>
      <a href="/patient-data">${own.phi}</a>
      <a href="/ledger">${words.ledger}</a>
    </nav>
    <form method="post" action="/sign-out">
      <p><span>${words.signedInAs}</span> ${name}, ${facility}</p>
      <button type="submit">${words.signOut}</button>
    </form>`;
}

/** A list of terms with what they mean; entries without a value are left out. */
export function termsOf(entries: readonly (readonly [string, Content])[]): Markup {
  const rows = entries.map(([term, value]) =>
    value === null
      ? html``
      : html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
  );
  return html`<dl>${rows}</dl>`;
}

/** A table that on a small screen is moved sideways by itself, by keyboard, too. */
export function tableOf(
  title: string,
  columns: readonly Markup[],
  rows: readonly Markup[],
): Markup {
  return html`<div class="wide" role="region" aria-label="${title}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Heads of columns. */
export function columnsOf(...titles: readonly string[]): readonly Markup[] {
  return titles.map((title) => html`<th scope="col">${title}</th>`);
}

/** In English the month is a word and the day has 24 hours, on either side of the ocean. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de', es: 'es' };

/** Writes an instant in UTC. */
export function instantOf(language: Language, utcMs: number): Markup {
  const at = new Date(utcMs);
  const shown = new Intl.DateTimeFormat(LOCALES[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(at);
  return html`<time datetime="${at.toISOString()}">${shown}</time>`;
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Writes a size, in powers of 1,000 as the unit's name says. */
export function bytesOf(language: Language, bytes: number): string {
  let size = bytes;
  let at = 0;
  while (size >= 1000 && at < UNITS.length - 1) {
    size /= 1000;
    at += 1;
  }
  const format = { style: 'unit', unit: UNITS[at] ?? 'byte', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language, format).format(size);
}

/** Writes a case's state, with a mark that does not rest on colour alone. */
export function stateOf(
  language: Language,
  shown: Pick<FacilityCase, 'state' | 'isHeld' | 'agedDays' | 'endsUtcMs'>,
): Markup {
  const words = wordsOf(language);
  const { state, isHeld, agedDays, endsUtcMs } = shown;
  const { held, aged, ends } = words.caseAge;
  const more = [
    isHeld ? held : null,
    agedDays === null ? null : aged(agedDays),
    endsUtcMs === null ? null : html`${ends} ${instantOf(language, endsUtcMs)}`,
  ].filter((each) => each !== null);
  return html`<span class="state ${state}">${words.states[state]}</span
    >${more.map((each) => html`<br /><span class="warns">${each}</span>`)}`;
}
