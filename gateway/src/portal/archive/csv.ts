/** Rows as CSV (RFC 4180), for a spreadsheet that must take none of them for a formula. */

/** Writes a table; the first row names the columns. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  // Spreadsheets run what begins like this (OWASP, "CSV Injection").
  const quoted = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  // Where the comma parts decimals, a spreadsheet parts cells by semicolon or tab, inside of ours, too.
  const safe =
    typeof value === 'string' ? quoted.replaceAll(/([;\t|]["\s]*)(?=[=+\-@])/g, "$1'") : quoted;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
