/** The facility's own rules: which cart has which version, what was brought, and the form to bring another. */
import type { BroughtPolicy, CartPolicy, FacilityPolicyState, PolicyRefusal } from '../contract.ts';
import { facilityWordsOf } from './facility-words.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { wordsOf } from './language.ts';
import type { Language } from './language.ts';
import { columnsOf, documentOf, instantOf, tableOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';
import { policyWordsOf } from './policy-words.ts';
import type { PolicyWords } from './policy-words.ts';

/** What became of a policy that was just brought, and the policy itself, which may be brought once more; null when none was. */
export type Brought =
  | ((BroughtPolicy | { readonly refused: PolicyRefusal }) & { readonly jws: string })
  | null;

/** Digits of a fingerprint that a list shows, and that a refusal tells: who confirms a key reads the others from paper. */
const KEY_DIGITS_SHOWN = 16;

export function policyPage(
  setting: PageSetting,
  reader: Reader,
  { brought, carts }: FacilityPolicyState,
  became: Brought,
): string {
  const { language } = setting;
  const own = facilityWordsOf(language);
  const words = policyWordsOf(language);
  const { cart, state } = wordsOf(language).cases;
  const columns = columnsOf(cart, own.version, own.since, state, own.key);
  const [latest] = brought;
  const content = html`<p>${own.policyLead}</p>
    ${toldOf(language, became)}
    <section>
      <h2>${own.carts}</h2>
      ${tableOf(
        own.carts,
        columns,
        carts.map((each) => cartRow(setting, each)),
      )}
    </section>
    <section>
      <h2>${own.brought}</h2>
      ${brought.length === 0 ? html`<p>${own.noneBrought}</p>` : null}
      <ul class="doors">
        ${brought.map(
          ({ version, document, broughtUtcMs, key }) =>
            html`<li>
              <a href="/policy/${version}.jws" download>${own.version} ${version}</a>:
              ${own.valid(document.validFrom, document.validUntil)};
              ${instantOf(language, broughtUtcMs)}<br />${words.signedBy}
              ${key === null ? words.keyNotTold : html`<code>${startOf(key)}</code>`}
            </li>`,
        )}
      </ul>
      ${
        latest === undefined
          ? null
          : html`<details>
              <summary>${own.document}</summary>
              <pre tabindex="0">${JSON.stringify(latest.document, null, 2)}</pre>
            </details>`
      }
    </section>
    <section>
      <h2>${own.bring}</h2>
      <p>${words.lead}</p>
      ${formOf(words, became)}
    </section>`;
  return documentOf(setting, { title: own.policy, reader, content });
}

function formOf(words: PolicyWords, became: Brought): Markup {
  const other =
    became !== null && 'refused' in became && became.refused.why === 'other-key' ? became : null;
  return html`<form method="post" action="/policy" enctype="multipart/form-data" class="bring">
    <label for="file">${words.file}</label>
    <input id="file" name="file" type="file" accept=".jws,text/plain" />
    <label for="policy">${words.paste}</label>
    <textarea id="policy" name="policy" rows="6" spellcheck="false">${other?.jws ?? null}</textarea>
    ${
      other === null
        ? null
        : html`<label for="fingerprint">${words.fingerprint}</label>
            <input
              id="fingerprint"
              name="fingerprint"
              autocomplete="off"
              spellcheck="false"
              aria-describedby="fingerprint-hint"
            />
            <small id="fingerprint-hint">${words.fingerprintHint}</small>`
    }
    <button type="submit">${words.submit}</button>
  </form>`;
}

function toldOf(language: Language, became: Brought): Markup | null {
  if (became === null) return null;
  const words = policyWordsOf(language);
  if ('refused' in became)
    return html`<div class="trouble" role="alert">
      ${refusedOf(words, language, became.refused)}
    </div>`;
  const { version, key, isFirst } = became;
  return html`<div role="status">
    <p>
      ${words.wasBrought(version)} ${words.signedBy}
      <code>${isFirst ? grouped(key) : startOf(key)}</code>. ${isFirst ? null : words.sameKey}
    </p>
    ${isFirst ? html`<p class="trouble">${words.firstKey}</p>` : null}
  </div>`;
}

function refusedOf(words: PolicyWords, language: Language, refused: PolicyRefusal): Markup {
  switch (refused.why) {
    case 'unusable':
      // What exactly is wrong with it is said in English, with the member's name.
      return language === 'en'
        ? html`<p>${refused.detail}</p>`
        : html`<p>${words.unusable} <span lang="en">${refused.detail}</span></p>`;
    case 'of-others':
      return html`<p>${words.ofOthers}</p>`;
    case 'keyless':
      return html`<p>${words.keyless}</p>`;
    case 'untrusted':
      return html`<p>${words.untrusted}</p>`;
    case 'not-later':
      return html`<p>${words.notLater(refused.version)}</p>`;
    case 'other-key': {
      const { key, known, isMistaken } = refused;
      return html`<p>${words.otherKey(beginOf(key), known.map(beginOf), refused)}</p>
        ${isMistaken ? html`<p>${words.mistaken}</p>` : null}
        <p>${words.whenNew}</p>`;
    }
  }
}

/** The first digits of a fingerprint, as people compare them. */
function beginOf(key: string): string {
  return grouped(key.slice(0, KEY_DIGITS_SHOWN));
}

/** The same, where it stands for the whole. */
function startOf(key: string): string {
  return `${beginOf(key)} …`;
}

/** As `chaperone facility` prints it. */
function grouped(key: string): string {
  return key.replaceAll(/([0-9a-f]{4})(?=[0-9a-f])/g, '$1 ');
}

function cartRow({ language }: PageSetting, { cart, taken, meant, isBehind }: CartPolicy): Markup {
  const own = facilityWordsOf(language);
  const state = meant === null ? own.none : isBehind ? own.behind(meant) : own.upToDate;
  return html`<tr>
    <th scope="row" class="id">${cart}</th>
    <td class="number">${taken === null ? own.noPolicyTaken : taken.version}</td>
    <td>${taken === null ? null : instantOf(language, taken.installedUtcMs)}</td>
    <td>${state}</td>
    <td><code>${taken === null ? null : startOf(taken.facilityKey)}</code></td>
  </tr>`;
}
