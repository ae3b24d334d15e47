/** What the kernel can name an interface, as far as the cart deals with it: nothing that a command takes for an option. */
const INTERFACE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/;

/** Tells whether a text is one. */
export function isInterfaceName(text: string): boolean {
  return INTERFACE_NAME.test(text);
}
