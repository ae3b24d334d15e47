/** What to write down of the ledger, and how to check without asking anybody. */
import type { LedgerFace } from '../contract.ts';
import { html } from './html.ts';
import { wordsOf } from './language.ts';
import { documentOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';

export function ledgerPage(setting: PageSetting, reader: Reader, ledger: LedgerFace): string {
  const words = wordsOf(setting.language).ledgerPage;
  const key = ledger.verifierKey();
  const command = `chaperone verify --key '${key}' --cart-root cart-root.pem --seen checkpoint.txt evidence.json`;
  const content = html`<p>${words.lead}</p>
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
      <h2>${words.how}</h2>
      <ol>
        ${words.steps.map((step) => html`<li>${step}</li>`)}
      </ol>
      <pre tabindex="0">${command}</pre>
    </section>`;
  return documentOf(setting, { title: words.title, reader, content });
}
