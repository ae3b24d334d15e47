/** What `certutil` prints, taken apart. It comes from another program and holds names that anybody chose. */

/** One private key of a store. */
export interface ListedKey {
  /** CKA_ID, hexadecimal. */
  readonly id: string;
  /** The nickname of its certificate; null when it has none. */
  readonly nickname: string | null;
}

/**
 * Reads `certutil -K`: lines such as `< 0> ec       4efa…7f72   NSS Certificate DB:Chaperone wrks-…`, or `(orphan)` for a
 * key without a certificate.
 */
export function readKeyList(text: string): readonly ListedKey[] {
  const keys: ListedKey[] = [];
  for (const line of text.split('\n')) {
    const found = /^<\s*\d+>\s+\S+\s+([0-9a-f]{2,64})\s+(.*)$/.exec(line);
    const [, id, name] = found ?? [];
    if (id === undefined || name === undefined) continue;
    const at = name.indexOf(':');
    keys.push({ id, nickname: name.startsWith('(orphan)') ? null : name.slice(at + 1).trim() });
  }
  return keys;
}

/** Reads `certutil -L`: a heading, then a nickname and its trust flags (`u,u,u`) a line. */
export function readNicknames(text: string): readonly string[] {
  const names: string[] = [];
  for (const line of text.split('\n')) {
    const [, name] = /^(\S.*?)\s+[pPcCTuwg]*,[pPcCTuwg]*,[pPcCTuwg]*\s*$/.exec(line) ?? [];
    if (name !== undefined) names.push(name);
  }
  return names;
}
