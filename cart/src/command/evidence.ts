/** `receipts`, `checkpoints`: what a cart has kept of its sessions and of the ledger, for `chaperone verify`. The agent need not run. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { decodeJwt } from 'jose';
import { lookAtEvidence } from '../evidence/evidence.ts';
import type { KeptDivergence } from '../evidence/evidence.ts';
import { openLog } from '../platform/log.ts';
import type { Command } from './call.ts';

export const receiptsCommand: Command = {
  name: 'receipts',
  usage: [
    "list the receipts of this cart's sessions:",
    '--out DIRECTORY   write each as a file for "chaperone verify"; they hold names of files',
  ],
  options: { out: 'text' },
  async run({ configuration: { dataDirectory }, options, output }) {
    const kept = await lookAtEvidence(dataDirectory, openLog('error'));
    const receipts = (await kept.receipts()).map((file) => ({ file, claims: claimsOf(file) }));
    const directory = options.text('out');
    if (directory !== undefined) await mkdir(directory, { recursive: true });
    for (const { file, claims } of directory === undefined ? [] : receipts) {
      const name = `${stampOf(claims.endedUtcMs).replaceAll(/[^0-9]/g, '')}-${claims.session}.json`;
      await writeFile(path.join(directory ?? '', name), JSON.stringify(file), { mode: 0o600 });
    }
    const rows = receipts.map(({ file, claims }) => ({
      session: claims.session,
      endedUtcMs: claims.endedUtcMs,
      reason: claims.reason,
      technician: claims.grant?.name ?? null,
      caseNumber: claims.grant?.caseNumber ?? null,
      files: claims.files?.count ?? null,
      isCountersigned: file.countersignature !== null,
    }));
    output.result(
      { receipts: rows, directory: directory ?? null },
      rows.length === 0
        ? 'No session of this cart has ended yet.'
        : rows.map(
            (row) =>
              `${stampOf(row.endedUtcMs)}  ${row.technician ?? 'nobody let in'}  ${filesText(row.files)}  ` +
              `${row.reason}  ${row.isCountersigned ? 'countersigned' : 'not countersigned'}`,
          ),
    );
    return 0;
  },
};

export const checkpointsCommand: Command = {
  name: 'checkpoints',
  usage: [
    "say which of the ledger's checkpoints this cart has kept; exit code 1 when the ledger was changed:",
    '--out DIRECTORY   write them as files for "chaperone verify --seen"',
  ],
  options: { out: 'text' },
  async run({ configuration: { dataDirectory }, options, output }) {
    const kept = await lookAtEvidence(dataDirectory, openLog('error'));
    const { diverged } = kept.standing;
    const checkpoints = await kept.checkpoints();
    const directory = options.text('out');
    if (directory !== undefined) {
      await mkdir(directory, { recursive: true });
      const notes = checkpoints.map(({ checkpoint }) => checkpoint);
      if (diverged !== null) notes.push(diverged.kept, diverged.shown);
      for (const [at, note] of notes.entries())
        await writeFile(path.join(directory, `checkpoint-${at + 1}.txt`), note, { mode: 0o600 });
    }
    const rows = checkpoints.map(({ session, utcMs, checkpoint }) => ({
      session,
      utcMs,
      entries: readCheckpoint(checkpoint).size,
    }));
    output.result({ checkpoints: rows, diverged, directory: directory ?? null }, [
      ...(rows.length === 0 ? ['The gateway has shown this cart no ledger yet.'] : []),
      ...rows.map((row) => `${stampOf(row.utcMs)}  ${row.entries} entries  ${row.session}`),
      ...divergenceWords(diverged),
    ]);
    return diverged === null ? 0 : 1;
  },
};

/** Says loudly that the ledger is another one than before. */
export function divergenceWords(diverged: KeptDivergence | null): readonly string[] {
  if (diverged === null) return [];
  const [kept, shown] = [diverged.kept, diverged.shown].map((note) => readCheckpoint(note).size);
  const how =
    diverged.code === 'LEDGER_SHORTER'
      ? `it had ${kept} entries, and was shown with ${shown}`
      : `its first ${kept} entries are not those of before`;
  return [
    `THE LEDGER WAS CHANGED: on ${stampOf(diverged.utcMs)} ${how}.`,
    'Both checkpoints are kept, signed by the service centre: "chaperone cart checkpoints --out DIRECTORY" writes them.',
    'Tell the service centre and the facility. Once that is done, remove ledger/diverged.json and ledger/checkpoint of the data directory.',
  ];
}

/** The cart has signed it itself. */
function claimsOf({ receipt }: SessionReceiptFile): SessionReceiptClaims {
  return sessionReceiptClaims.parse(decodeJwt(receipt));
}

function filesText(files: number | null): string {
  return files === 1 ? '1 file' : `${files ?? '?'} files`;
}

function stampOf(utcMs: number): string {
  return `${new Date(utcMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
