/** Reads a Range header (RFC 9110 §14.2): one range of bytes; anything else counts as none. */
export interface AskedRange {
  readonly offset: number;
  readonly length: number;
}

export function readRange(
  header: string | undefined,
  total: number,
): AskedRange | null | 'unsatisfiable' {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return null;
  const [, first = '', last = ''] = match;
  if (first === '') {
    const length = Math.min(Number(last), total);
    return length === 0 ? 'unsatisfiable' : { offset: total - length, length };
  }
  const offset = Number(first);
  const end = last === '' ? total - 1 : Math.min(Number(last), total - 1);
  if (last !== '' && Number(last) < offset) return null;
  return offset >= total ? 'unsatisfiable' : { offset, length: end - offset + 1 };
}
