/**
 * One message of the syslog protocol (RFC 5424 §6).
 *
 *   <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG
 *
 * MSG is ASCII here, so that it is right with and without the byte order mark that RFC 5424 §6.4 asks for before UTF-8, and
 * which some collectors keep as content.
 */

/** Facilities by number, RFC 5424 §6.2.1. */
export const FACILITY_MAX = 23;
/** Of the severities only those that an audit event has (DICOM PS3.15 §A.6). */
export const SEVERITIES = { warning: 4, notice: 5 } as const;
export type Severity = keyof typeof SEVERITIES;

/** An element of structured data: its SD-ID, and parameters by name. */
export interface StructuredElement {
  readonly id: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface SyslogMessage {
  readonly facility: number;
  readonly severity: Severity;
  readonly utcMs: number;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  readonly structured: readonly StructuredElement[];
  /** Printable ASCII. */
  readonly message: string;
}

const NIL = '-';
/** RFC 5424 §6: lengths of the header's fields, and of an SD-NAME. */
const HEADER_LENGTHS = { hostname: 255, appName: 48, procId: 128, msgId: 32, sdName: 32 } as const;

/** Writes a message. What a field may not hold is left out; a field that would be empty is `-`. */
export function writeSyslog(message: SyslogMessage): string {
  const { facility, severity, utcMs, structured } = message;
  const field = (name: 'hostname' | 'appName' | 'procId' | 'msgId'): string =>
    printable(message[name], HEADER_LENGTHS[name]);
  const header = [
    `<${facility * 8 + SEVERITIES[severity]}>1`,
    new Date(utcMs).toISOString(),
    field('hostname'),
    field('appName'),
    field('procId'),
    field('msgId'),
  ].join(' ');
  const data = structured.map(writeElement).join('');
  return `${header} ${data === '' ? NIL : data} ${message.message}`;
}

/** Writes an element; the values' three special characters are escaped (RFC 5424 §6.3.3), control characters replaced. */
function writeElement({ id, parameters }: StructuredElement): string {
  const all = Object.entries(parameters).map(
    ([name, value]) => ` ${sdName(name)}="${escapeValue(value)}"`,
  );
  return `[${sdName(id)}${all.join('')}]`;
}

function escapeValue(value: string): string {
  return value
    .toWellFormed()
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
    .replaceAll(/["\\\]]/g, String.raw`\$&`);
}

/** PRINTUSASCII: %d33-126. */
function printable(text: string, lengthMax: number): string {
  const kept = text.replaceAll(/[^\u0021-\u007e]/g, '').slice(0, lengthMax);
  return kept === '' ? NIL : kept;
}

/** PRINTUSASCII but `=`, `]` and the quotation mark (RFC 5424 §6.3.2). */
function sdName(text: string): string {
  return printable(text.replaceAll(/[=\]"]/g, ''), HEADER_LENGTHS.sdName);
}
