/**
 * The way to a provider's page and back. The answer comes in the address; it is taken out of the address bar and the history
 * at once, and the technician is where they were before.
 */
import { PROVIDER_RETURN_PATH } from '@chaperone/protocol/console-api/provider.ts';

const PLACE = 'place-before-provider';
const HOME = '/';

/** Leaves for the provider. @throws TypeError when the desk names something else than an https:// page */
export function goToProvider(window: Window, address: string): void {
  const { protocol, href } = new URL(address);
  if (protocol !== 'https:') throw new TypeError('The provider’s page is not an https:// page.');
  const { pathname, search } = window.location;
  window.sessionStorage.setItem(PLACE, `${pathname}${search}`);
  window.location.assign(href);
}

/** Takes the answer out of the window's address. @returns the query, or null when the browser comes from elsewhere */
export function takeProviderAnswer(window: Window): string | null {
  const { pathname, search } = window.location;
  if (pathname !== PROVIDER_RETURN_PATH) return null;
  const before = window.sessionStorage.getItem(PLACE) ?? HOME;
  window.sessionStorage.removeItem(PLACE);
  // One slash: two would be another host.
  const place =
    /^\/(?!\/)/.test(before) && !before.startsWith(PROVIDER_RETURN_PATH) ? before : HOME;
  window.history.replaceState(window.history.state, '', place);
  return search;
}
