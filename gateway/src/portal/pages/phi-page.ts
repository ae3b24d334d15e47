/** The service centre's policy on patient data, sentence by sentence, and beside each what the product does. */
import { PHI_CONTROL_IDS, PHI_CONTROLS } from '@chaperone/domain/phi-policy/phi-control.ts';
import type { PHIControlId } from '@chaperone/domain/phi-policy/phi-control.ts';
import { sentenceIn } from '@chaperone/domain/phi-policy/phi-policy.ts';
import type { PHIPolicy } from '@chaperone/domain/phi-policy/phi-policy.ts';
import { facilityWordsOf } from './facility-words.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { documentOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';

export interface ShownPHI {
  readonly url: string;
  /** Null where the configuration has only the address. */
  readonly policy: PHIPolicy | null;
}

export function phiPage(setting: PageSetting, reader: Reader, { url, policy }: ShownPHI): string {
  const { language } = setting;
  const own = facilityWordsOf(language);
  const sentences =
    policy === null
      ? html`<p>${own.phiNoText}</p>
          ${factsOf(setting, PHI_CONTROL_IDS)}`
      : html`<ol class="phi">
          ${policy.sentences.map(
            (sentence) =>
              html`<li>
                <p class="sentence">${sentenceIn(language, sentence)}</p>
                <div>
                  <h3>${own.phiDoes}</h3>
                  ${factsOf(setting, sentence.controls)}
                </div>
              </li>`,
          )}
        </ol>`;
  const content = html`<p>${own.phiLead}</p>
    <p><a href="${url}" rel="noreferrer">${own.phiUrl}</a> <span class="id">${url}</span></p>
    <section>
      <h2>${own.phi}${policy === null ? null : html` (${policy.version})`}</h2>
      ${sentences}
    </section>`;
  return documentOf(setting, { title: own.phi, reader, content });
}

function factsOf({ language }: PageSetting, ids: readonly PHIControlId[]): Markup {
  const own = facilityWordsOf(language);
  const rows = ids.map((id) => {
    const { does, risks, test } = PHI_CONTROLS[id];
    return html`<li>
      ${does[language]}
      <small>${own.phiShown(risks.join(', '), test)}</small>
    </li>`;
  });
  return html`<ul>
    ${rows}
  </ul>`;
}
