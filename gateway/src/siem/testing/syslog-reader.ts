/**
 * Test support: a strict reader of syslog messages, written from the grammar of RFC 5424 §6 and not from our writer.
 *
 * It takes one message and gives its parts, or throws with the place at which the grammar ends.
 */
import assert from 'node:assert/strict';

export interface ReadSyslog {
  readonly priority: number;
  readonly timestamp: string;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  /** SD-IDs with their parameters, unescaped. */
  readonly structured: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly message: string;
}

/** PRINTUSASCII, and what an SD-NAME may hold of it. */
const HEADER =
  /^<(0|[1-9]\d{0,2})>1 (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) /;
const SD_NAME = /^[!#-<>-\\^-~]{1,32}/;
/** UTF-8 text in which quotation mark, backslash and closing bracket are escaped. */
const PARAM_VALUE = /^"((?:[^"\\\]]|\\["\\\]])*)"/u;

/** @throws AssertionError when it is no message of RFC 5424 */
export function readSyslog(text: string): ReadSyslog {
  const [
    header,
    priority = '',
    timestamp = '',
    hostname = '',
    appName = '',
    procId = '',
    msgId = '',
  ] = HEADER.exec(text) ?? [];
  assert.ok(header !== undefined, `a header: ${text.slice(0, 200)}`);
  assert.ok(Number(priority) <= 191, 'a priority');
  let rest = text.slice(header.length);
  const structured = new Map<string, Readonly<Record<string, string>>>();
  if (rest.startsWith('-')) rest = rest.slice(1);
  else {
    assert.ok(rest.startsWith('['), `structured data: ${rest.slice(0, 80)}`);
    while (rest.startsWith('[')) {
      const [id = ''] = take(SD_NAME, rest.slice(1), 'an SD-ID');
      assert.ok(!structured.has(id), 'each SD-ID once');
      const parameters = new Map<string, string>();
      rest = rest.slice(1 + id.length);
      while (rest.startsWith(' ')) {
        const [name = ''] = take(SD_NAME, rest.slice(1), 'a PARAM-NAME');
        rest = rest.slice(1 + name.length);
        assert.ok(rest.startsWith('='), 'an equals sign');
        const [quoted = '', value = ''] = take(PARAM_VALUE, rest.slice(1), 'a PARAM-VALUE');
        parameters.set(name, value.replaceAll(/\\(["\\\]])/g, '$1'));
        rest = rest.slice(1 + quoted.length);
      }
      structured.set(id, Object.fromEntries(parameters));
      assert.ok(rest.startsWith(']'), `the end of an element: ${rest.slice(0, 80)}`);
      rest = rest.slice(1);
    }
  }
  assert.ok(rest === '' || rest.startsWith(' '), 'a space before MSG');
  const parts = { hostname, appName, procId, msgId, message: rest.slice(1) };
  // Read into a map first: a name like "__proto__" is one like any other.
  const read = Object.fromEntries(structured);
  return { priority: Number(priority), timestamp, ...parts, structured: read };
}

function take(pattern: RegExp, text: string, what: string): RegExpExecArray {
  const found = pattern.exec(text);
  assert.ok(found !== null, `${what}: ${text.slice(0, 80)}`);
  return found;
}
