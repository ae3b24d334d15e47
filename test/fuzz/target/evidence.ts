/** Targets of the verifier: bundles and journals that somebody hands over. It says no; it never fails itself. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { parseNote } from '@chaperone/protocol/tree/signed-note.ts';
import { readInput } from '@chaperone/verify/input.ts';
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';
import { reportOf } from '@chaperone/verify/report.ts';
import {
  caseBundle,
  certificateOf,
  headOf,
  journalLines,
  ledgerLines,
  ledgerOf,
  receiptClaims,
  rootText,
  signAsCart,
  wholeBundle,
} from '@chaperone/verify/testing/story.ts';
import { EvidenceUnusable, verifyEvidence, verifyJournal } from '@chaperone/verify/verify.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import type { Chance } from '../engine/chance.ts';
import { changedText } from '../fixture/sign-text.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-fuzz-evidence-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const OPTIONS = { certificates: nodeCertificateReader };
const jsonOf = (value: object): Buffer => Buffer.from(JSON.stringify(value));

const bundle: Target = {
  name: 'evidence-bundle',
  entry:
    'verify/src/verify.ts › readEvidence, verifyEvidence (input.ts, line.ts, node-certificate-reader.ts, bounded-list.ts)',
  refusals: [EvidenceUnusable],
  limits: 'EVIDENCE_BYTES_MAX, LINE_BYTES_MAX; every fault is told, none is thrown',
  form: 'json',
  weight: 0.1,
  seeds: async () => [jsonOf(await wholeBundle()), jsonOf(await caseBundle())],
  // A ledger and a cart that sign nonsense.
  vary: async (chance) => {
    const lines = changedLines(ledgerLines, chance);
    const journal = changedLines(journalLines, chance);
    const [cart] = (await wholeBundle()).carts;
    const receipt = await signAsCart(TYP.sessionReceipt, signable(receiptClaims, chance));
    const lying = {
      ...(await wholeBundle()),
      ledger: await ledgerOf(lines),
      certificate: await certificateOf(
        signable({ destroyedUtcMs: 6, records: 1, demo: false }, chance),
      ),
      receipts: [receipt],
      carts: [
        {
          ...cart,
          journal: { before: { size: 0, hashes: [] }, lines: journal, head: await headOf(journal) },
        },
      ],
    };
    return jsonOf(lying);
  },
  feed: async (input) => {
    const file = path.join(folder, 'bundle.json');
    writeFileSync(file, input);
    const read = await readInput(file);
    if (read.is !== 'bundle') return read;
    const report = await verifyEvidence(read.bundle, OPTIONS);
    holds(report.checks.length > 0, 'nothing was checked');
    return reportOf(report);
  },
};

const journal: Target = {
  name: 'evidence-journal',
  entry: 'verify/src/input.ts › readInput (journal directory); verify.ts › verifyJournal',
  refusals: [EvidenceUnusable],
  limits: 'EVIDENCE_BYTES_MAX, LINE_BYTES_MAX; every fault is told, none is thrown',
  form: 'text',
  words: ['\n', '{"index":0', '\u0000', '{}\n', '\ufffd'],
  weight: 0.2,
  seeds: () => [Buffer.from(`${markOf(journalLines)}${journalLines.join('\n')}\n`)],
  vary: (chance) => {
    const lines = changedLines(journalLines, chance);
    return Buffer.from(`${markOf(lines)}${lines.join('\n')}\n`);
  },
  feed: async (input) => {
    const place = path.join(folder, 'journal');
    mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, 'journal.mark'), input.subarray(0, 256));
    writeFileSync(path.join(place, 'journal.ndjson'), input.subarray(256));
    const read = await readInput(place);
    if (read.is !== 'journal') return read;
    const copy = { ...read.journal, serial: 'US-1001', certificate: null, head: null };
    return reportOf(await verifyJournal(copy, OPTIONS));
  },
};

/** Two slots, as a cart keeps them. */
function markOf(lines: readonly string[]): string {
  const text = `${lines.length} ${rootText(lines)}`;
  const check = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${`${text} ${check}`.padEnd(127)}\n`.repeat(2);
}

/** Exchanges facts' members, or lines. */
function changedLines(lines: readonly string[], chance: Chance): readonly string[] {
  return lines.map((line) => {
    if (!chance.oneIn(4)) return line;
    const changed = changedText(JSON.parse(line) as object, chance).toString('utf8');
    return changed.replaceAll('\n', ' ').slice(0, 4000).toWellFormed();
  });
}

/** Changes claims into others that a signer can still write. */
function signable(claims: object, chance: Chance): object {
  try {
    const value: unknown = JSON.parse(changedText(claims, chance).toString('utf8'));
    JSON.stringify(value);
    return typeof value === 'object' && value !== null ? value : claims;
  } catch {
    return claims;
  }
}

/** What a page would take out of a bundle before it asks anybody. */
const checkpoint: Target = {
  name: 'evidence-checkpoint-file',
  entry: 'verify/src/input.ts › readSmallText; protocol/src/tree/signed-note.ts › parseNote',
  refusals: [],
  limits: '64 KiB',
  form: 'text',
  seeds: async () => [Buffer.from((await wholeBundle()).ledger.checkpoint)],
  weight: 0.2,
  feed: async (input) => {
    const given = await wholeBundle();
    const seen = [input.toString('utf8')];
    const report = await verifyEvidence(given, { ...OPTIONS, seen });
    if (!report.ok) return reportOf(report);
    const { text } = parseNote(input.toString('utf8'));
    holds(text.length > 0 && encodeBase64url(input) !== '', 'nothing was kept');
    return report;
  },
};

export const EVIDENCE_TARGETS: readonly Target[] = [bundle, journal, checkpoint];
