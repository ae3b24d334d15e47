/**
 * A licence code may come in the address, after `#workstation-licence=`: the part that a browser never sends. It is taken
 * out of the address bar and the history at once.
 */
const MEMBER = 'workstation-licence';

/** Takes the code out of the window's address. @returns null when there is none */
export function takeLicenceCode(window: Window): string | null {
  const members = new URLSearchParams(window.location.hash.slice(1));
  const code = members.get(MEMBER);
  if (code === null) return null;
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, '', `${pathname}${search}`);
  return code;
}
