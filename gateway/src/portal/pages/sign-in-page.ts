/** Where an officer whose certificate was accepted types a code. */
import { html } from './html.ts';
import { wordsOf } from './language.ts';
import { documentOf } from './layout.ts';
import type { PageSetting, Reader } from './layout.ts';

export type SignInTrouble = 'refused' | 'throttled';

export function signInPage(
  setting: PageSetting,
  { name, facility }: Reader,
  trouble: SignInTrouble | null,
): string {
  const words = wordsOf(setting.language);
  const { title, lead, code, submit } = words.signIn;
  const said =
    trouble === null ? null : html`<p class="trouble" role="alert">${words.signIn[trouble]}</p>`;
  const content = html`<p>${lead}</p>
    <p class="who">${name}<span>${facility}</span></p>
    ${said}
    <form method="post" action="/sign-in" class="sign-in">
      <label for="code">${code}</label>
      <input
        id="code"
        name="code"
        inputmode="numeric"
        autocomplete="one-time-code"
        maxlength="16"
        required
        autofocus
      />
      <button type="submit">${submit}</button>
    </form>`;
  return documentOf(setting, { title, reader: null, content });
}
