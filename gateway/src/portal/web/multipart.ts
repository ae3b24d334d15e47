/**
 * Reads a form that brings a file: `multipart/form-data`, as a browser writes it (RFC 7578, RFC 2046 §5.1).
 *
 * Strict and small: every part is a named field, once; no part in a part, no transfer encoding (a browser uses none), and no more parts or
 * headers than the portal's own form has. The whole body is in memory, within the route's limit. What a file is called is not read.
 */
import { PortalFormMalformed } from './web-error.ts';

const PARTS_MAX = 8;
/** Bytes of one part's headers: a file's name of 255 bytes, and what it is. */
const HEAD_BYTES_MAX = 2048;
const TYPE = /^multipart\/form-data\s*;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*$/i;
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/;
const DISPOSITION =
  /^content-disposition:[ \t]*form-data[ \t]*;[ \t]*name="([\w-]{1,40})"(?:;|[ \t]*$)/i;
const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Gives the fields by their names, the content of files among them.
 * @param body not trusted
 * @param contentType the header as it came
 * @throws PortalFormMalformed
 */
export function readMultipart(
  body: Buffer,
  contentType: string | undefined,
): ReadonlyMap<string, Buffer> {
  const [, quoted, plain] = TYPE.exec(contentType ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined || !BOUNDARY.test(boundary)) throw new PortalFormMalformed();
  const fields = new Map<string, Buffer>();
  const opening = Buffer.from(`--${boundary}`, 'latin1');
  const between = Buffer.concat([LINE_END, opening]);
  if (!body.subarray(0, opening.length).equals(opening)) throw new PortalFormMalformed();
  for (let at = opening.length; !isLast(body, at);) {
    const headAt = skip(body, at, LINE_END);
    const headEnd = body.subarray(headAt, headAt + HEAD_BYTES_MAX).indexOf(HEAD_END);
    if (headEnd === -1 || fields.size === PARTS_MAX) throw new PortalFormMalformed();
    const name = nameIn(body.subarray(headAt, headAt + headEnd).toString('latin1'));
    const contentAt = headAt + headEnd + HEAD_END.length;
    // The line end before a boundary is part of the boundary; that of an empty field is the end of its headers.
    const end = body.indexOf(between, contentAt);
    if (end === -1 || name === null || fields.has(name)) throw new PortalFormMalformed();
    fields.set(name, body.subarray(contentAt, end));
    at = end + between.length;
  }
  return fields;
}

/** After the last part there are two hyphens; what follows them says nothing. */
function isLast(body: Buffer, at: number): boolean {
  return body.subarray(at, at + 2).toString('latin1') === '--';
}

/** @throws PortalFormMalformed when something else is there */
function skip(body: Buffer, at: number, expected: Buffer): number {
  if (!body.subarray(at, at + expected.length).equals(expected)) throw new PortalFormMalformed();
  return at + expected.length;
}

function nameIn(head: string): string | null {
  const names = head.split('\r\n').flatMap((line) => DISPOSITION.exec(line)?.[1] ?? []);
  return names.length === 1 ? (names[0] ?? null) : null;
}
