/** The portal's pages: text in, HTML out; they ask nobody anything. */
export { casePage } from './case-page.ts';
export { certificatePage } from './certificate-page.ts';
export { languageOf } from './language.ts';
export { STYLE_PATH } from './layout.ts';
export type { PageSetting, Reader } from './layout.ts';
export { ledgerPage } from './ledger-page.ts';
export { overviewPage } from './overview-page.ts';
export { signInPage } from './sign-in-page.ts';
export type { SignInTrouble } from './sign-in-page.ts';
export { STYLE } from './style.ts';
export { troublePage } from './trouble-page.ts';
export type { Trouble } from './trouble-page.ts';
