/** Why there is nothing to see; it never says what would have been there. */
import { html } from './html.ts';
import { wordsOf } from './language.ts';
import { documentOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';
import type { Words } from './words-en.ts';

export type Trouble = keyof Words['trouble'];

export function troublePage(setting: PageSetting, reader: Reader | null, trouble: Trouble): string {
  const words = wordsOf(setting.language);
  const content = html`<p class="trouble" role="alert">${words.trouble[trouble]}</p>
    <p><a href="/">${words.back}</a></p>`;
  return documentOf(setting, { title: words.portal, reader, content });
}
