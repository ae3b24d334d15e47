/**
 * `chaperone verify`: checks evidence offline. It opens no connection and needs no account.
 *
 * Exit codes: 0 when everything holds, 1 when a check does not, 2 when what was given cannot be checked at all.
 */
import { parseArgs } from 'node:util';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import type { Report } from './check.ts';
import { verifyEvidenceFile } from './evidence-file.ts';
import { readInput, readSmallText } from './input.ts';
import type { Input } from './input.ts';
import { nodeCertificateReader } from './node-certificate-reader.ts';
import { printable, reportOf } from './report.ts';
import { witnessCommand } from './witness/command.ts';
import { EvidenceUnusable, verifyJournal } from './verify.ts';
import type { VerifyOptions } from './verify.ts';

const HELP = `chaperone verify witness …     see: chaperone verify witness --help
chaperone verify [options] <bundle.json | receipt.json | certificate.jws | acceptance.json | journal directory | journal file>…

Checks evidence without asking anybody: that every line is what was signed, that nothing was altered, dropped
or reordered, that acts were recorded before they took effect, and that a destruction was certified.
Of a cart's acceptance report: that the cart signed it, that it does not contradict itself, and that the
gateway countersigned it. Of a session's receipt: that cart and gateway signed it, which files moved, and that
the ledger has its end.

  --key <vkey>          the ledger's verifier key that you wrote down (name+hash+base64)
  --cart-root <file>    the certificate of the carts' root that you keep (PEM)
  --seen <file>         a checkpoint of the ledger that you kept from earlier; may be given several times
  --witness <vkey>      the key of a witness of your own that has to vouch for the ledger; several times
  --certificate <file>  for a journal: the cart's certificate (PEM)
  --head <file>         for a journal: a head that the cart signed
  --serial <serial>     for a journal: the cart's serial number
  --json                print the result as JSON
  --help

Exit code: 0 everything holds, 1 a check does not hold, 2 the input cannot be used.`;

interface Call {
  readonly paths: readonly string[];
  readonly json: boolean;
  readonly options: VerifyOptions;
  readonly journal: {
    readonly serial: string;
    readonly certificate: string | null;
    readonly head: string | null;
  };
}

const [first, ...others] = process.argv.slice(2);
process.exitCode =
  first === 'witness' ? await witnessCommand(others) : await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const call = await readCall(args);
    if (call === 'help') {
      console.log(HELP);
      return 0;
    }
    return await verifyAll(call);
  } catch (fault) {
    console.error(printable(sentenceOf(fault)));
    return 2;
  }
}

async function verifyAll({ paths, json, options, journal }: Call): Promise<number> {
  const results: ({ readonly path: string } & Report)[] = [];
  const unusable: { readonly path: string; readonly said: string }[] = [];
  for (const path of paths) {
    try {
      const input = await readInput(path);
      results.push({ path, ...(await verifyInput(input, options, journal)) });
    } catch (fault) {
      unusable.push({ path, said: sentenceOf(fault) });
    }
  }
  const ok = unusable.length === 0 && results.every((result) => result.ok);
  if (json) console.log(JSON.stringify({ ok, results, unusable }, null, 2));
  else
    for (const result of results) console.log(`${printable(result.path)}\n${reportOf(result)}\n`);
  for (const { path, said } of unusable) console.error(`${printable(path)}: ${printable(said)}`);
  if (unusable.length > 0) return 2;
  return ok ? 0 : 1;
}

async function verifyInput(
  input: Input,
  options: VerifyOptions,
  journal: Call['journal'],
): Promise<Report> {
  if (input.is === 'journal') return await verifyJournal({ ...input.journal, ...journal }, options);
  return await verifyEvidenceFile(input, options);
}

async function readCall(args: readonly string[]): Promise<Call | 'help'> {
  const { values, positionals } = parse(args);
  if (values.help === true) return 'help';
  if (positionals.length === 0) throw new EvidenceUnusable('Say what to verify; --help says how.');
  const text = async (file: string | undefined): Promise<string | undefined> =>
    file === undefined ? undefined : await readSmallText(file);
  const pinnedKey = values.key?.trim();
  if (pinnedKey !== undefined) parseVerifierKey(pinnedKey);
  const witnessKeys = (values.witness ?? []).map((line) => line.trim());
  for (const line of witnessKeys) parseVerifierKey(line);
  const pinnedRoot = await text(values['cart-root']);
  if (pinnedRoot !== undefined) nodeCertificateReader.root(pinnedRoot);
  const certificate = (await text(values.certificate)) ?? null;
  const head = (await text(values.head))?.trim() ?? null;
  if (head !== null && certificate === null)
    throw new EvidenceUnusable(
      'A head is checked with the certificate of its cart: give --certificate.',
    );
  const serial = values.serial ?? serialOf(certificate);
  return {
    paths: positionals,
    json: values.json === true,
    options: {
      certificates: nodeCertificateReader,
      pinnedKey,
      pinnedRoot,
      seen: await Promise.all((values.seen ?? []).map(readSmallText)),
      witnessKeys,
    },
    journal: { serial, certificate, head },
  };
}

/** The cart whose journal it is: unless it is said, the one that the certificate names. */
function serialOf(certificate: string | null): string {
  return certificate === null ? 'unnamed' : nodeCertificateReader.cart(certificate, null).serial;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        'cart-root': { type: 'string' },
        seen: { type: 'string', multiple: true },
        witness: { type: 'string', multiple: true },
        certificate: { type: 'string' },
        head: { type: 'string' },
        serial: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'an argument is not known';
    throw new EvidenceUnusable(`${why}. --help says more.`, { cause });
  }
}

function sentenceOf(fault: unknown): string {
  if (fault instanceof DomainError) return fault.message;
  return `A fault of this program: ${fault instanceof Error ? fault.message : 'unknown'}.`;
}
