/** Builds what the page shows. Texts come from strangers: they are only ever set as text. */
import { printable } from '../src/report.ts';

type Child = Node | string;

/** Makes an element; texts lose what could turn the direction of writing. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  for (const child of children)
    made.append(typeof child === 'string' ? document.createTextNode(printable(child)) : child);
  return made;
}
