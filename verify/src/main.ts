/**
 * `chaperone verify`: checks evidence offline. It opens no connection and needs no account.
 *
 * Exit codes: 0 when everything holds, 1 when anything does not, 2 when it was called wrongly.
 */
import { readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { EVIDENCE_BYTES_MAX } from '@chaperone/protocol/evidence/schema.ts';
import { Findings } from './check.ts';
import { judge, verifyEvidence } from './evidence.ts';
import type { Verification } from './evidence.ts';
import { verifyJournalDirectory } from './journal-directory.ts';
import { reportOf } from './report.ts';

const HELP = `chaperone verify [options] <bundle.json | journal directory>…

Checks evidence without asking anybody: that every line is what was signed, that nothing was altered, dropped
or reordered, that acts were recorded before they took effect, and that a destruction was certified.

  --key <vkey>          the ledger's verifier key that you wrote down (name+hash+base64)
  --seen <file>         a checkpoint of the ledger that you kept from earlier; may be given several times
  --certificate <file>  for a journal directory: the cart's certificate (PEM)
  --head <file>         for a journal directory: a head that the cart signed
  --serial <serial>     for a journal directory: the cart's serial number
  --json                print the result as JSON
  --help`;

interface Options {
  readonly key: string | undefined;
  readonly seen: readonly string[];
  readonly certificate: string | null;
  readonly head: string | null;
  readonly serial: string;
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        seen: { type: 'string', multiple: true },
        certificate: { type: 'string' },
        head: { type: 'string' },
        serial: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (fault) {
    console.error(`${fault instanceof Error ? fault.message : String(fault)}\n\n${HELP}`);
    return 2;
  }
  const { values, positionals } = parsed;
  if (values.help === true || positionals.length === 0) {
    (values.help === true ? console.log : console.error)(HELP);
    return values.help === true ? 0 : 2;
  }
  const options: Options = {
    key: values.key,
    seen: await Promise.all((values.seen ?? []).map(readText)),
    certificate: values.certificate === undefined ? null : await readText(values.certificate),
    head: values.head === undefined ? null : (await readText(values.head)).trim(),
    serial: values.serial ?? 'unnamed',
  };
  const results: { readonly path: string; readonly verification: Verification }[] = [];
  for (const path of positionals)
    results.push({ path, verification: await verifyPath(path, options) });
  if (values.json === true) {
    console.log(
      JSON.stringify(
        results.map(({ path, verification }) => ({ path, ...verification })),
        null,
        2,
      ),
    );
  } else {
    for (const { path, verification } of results)
      console.log(`${path}\n${reportOf(verification)}\n`);
  }
  return results.every(({ verification }) => verification.ok) ? 0 : 1;
}

async function verifyPath(path: string, options: Options): Promise<Verification> {
  const unreadable = (why: string): Verification => {
    const found = new Findings('The evidence can be read');
    found.problem(why);
    return judge([found.done()]);
  };
  try {
    const status = await stat(path);
    if (status.isDirectory()) return await verifyJournalDirectory(path, options);
    if (status.size > EVIDENCE_BYTES_MAX)
      return unreadable('The file is too large for an evidence bundle.');
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return await verifyEvidence(value, { pinnedKey: options.key, seen: options.seen });
  } catch (fault) {
    if (fault instanceof SyntaxError) return unreadable('The file is not JSON.');
    if (fault instanceof Error && 'code' in fault)
      return unreadable(`It cannot be read (${String(fault.code)}).`);
    throw fault;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    console.error(`The file ${file} cannot be read.`);
    process.exit(2);
  }
}
