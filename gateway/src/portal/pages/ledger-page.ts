/** What to write down of the ledger, and how to check without asking anybody. */
import type { LedgerContradiction, LedgerFace } from '../contract.ts';
import type { WitnessStanding } from '../../ledger/contract.ts';
import { html } from './html.ts';
import { wordsOf } from './language.ts';
import { documentOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';

/** What others say of the ledger. */
export interface OutsideWord {
  readonly witnesses: readonly WitnessStanding[];
  readonly contradictions: readonly LedgerContradiction[];
}

export function ledgerPage(
  setting: PageSetting,
  reader: Reader,
  ledger: LedgerFace,
  { witnesses, contradictions }: OutsideWord,
): string {
  const words = wordsOf(setting.language).ledgerPage;
  const key = ledger.verifierKey();
  const command = `chaperone verify --key '${key}' --cart-root cart-root.pem --seen checkpoint.txt evidence.json`;
  const alarm = html`<section role="alert">
    <h2>${words.contradicted}</h2>
    <p>${words.contradictedLead}</p>
    <ul>
      ${contradictions.map(
        ({ utcMs, by, size }) =>
          html`<li>
            ${instant(utcMs)}: ${by === 'cart' ? words.byCart : words.byWitness} ${String(size)}
          </li>`,
      )}
    </ul>
  </section>`;
  const content = html`<p>${words.lead}</p>
    ${contradictions.length === 0 ? null : alarm}
    <section>
      <h2>${words.key}</h2>
      <p>${words.keyLead}</p>
      <pre tabindex="0">${key}</pre>
    </section>
    <section>
      <h2>${words.checkpoint}</h2>
      <p>${words.checkpointLead}</p>
      <pre tabindex="0">${ledger.checkpoint()}</pre>
      <ul class="doors">
        <li><a href="/ledger/checkpoint.txt" download>${words.download}</a></li>
        <li><a href="/ledger/cart-root.pem" download>${words.root}</a></li>
      </ul>
    </section>
    <section>
      <h2>${words.witness}</h2>
      <p>${witnesses.length === 0 ? words.noWitness : words.witnessLead}</p>
      <ul>
        ${witnesses.map(
          ({ witness, size, seenUtcMs }) =>
            html`<li>${witness}: ${String(size)}, ${instant(seenUtcMs)}</li>`,
        )}
      </ul>
    </section>
    <section>
      <h2>${words.how}</h2>
      <ol>
        ${words.steps.map((step) => html`<li>${step}</li>`)}
      </ol>
      <pre tabindex="0">${command}</pre>
      <p>${words.pageLead}</p>
      <ul class="doors">
        <li><a href="/ledger/chaperone-verify.html" download>${words.page}</a></li>
      </ul>
    </section>`;
  return documentOf(setting, { title: words.title, reader, content });
}

function instant(utcMs: number): string {
  return `${new Date(utcMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
