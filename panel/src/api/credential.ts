/**
 * The panel's per-launch credential: how it gets from the agent that opened this window into its requests.
 *
 * It comes in the URL's fragment (`#credential=…`), which no request carries. It is read once, kept for this tab
 * only, and taken out of the address bar so that nobody photographs or bookmarks it.
 */
const FRAGMENT = /^#credential=([A-Za-z0-9._~+/-]{16,512}=*)$/;
const KEY = 'chaperone.panel.credential';

/** The parts of a browser window that the credential touches. */
export interface CredentialWindow {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem'>;
}

/** Takes the credential from the address or, after a reload, from this tab's memory; null when there is none. */
export function takeCredential(window: CredentialWindow): string | null {
  const { location, history, sessionStorage } = window;
  const fresh = FRAGMENT.exec(location.hash)?.[1];
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  if (fresh === undefined) return sessionStorage.getItem(KEY);
  sessionStorage.setItem(KEY, fresh);
  return fresh;
}
