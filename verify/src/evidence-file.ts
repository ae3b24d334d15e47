/**
 * Tells what a file of evidence is, and checks it: the same for the program and for the page, so that they give the same verdict.
 */
import type { AcceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { isAcceptance } from './acceptance-check.ts';
import { verifyCertificate } from './certificate-check.ts';
import type { Report } from './check.ts';
import { isSessionReceipt } from './session-receipt-check.ts';
import {
  EvidenceUnusable,
  readAcceptanceEvidence,
  readEvidence,
  readReceiptEvidence,
  verifyAcceptance,
  verifyEvidence,
  verifyJournal,
  verifySessionReceipt,
} from './verify.ts';
import type { VerifyOptions } from './verify.ts';

export type EvidenceFile =
  | { readonly is: 'bundle'; readonly bundle: EvidenceBundle }
  | { readonly is: 'acceptance'; readonly file: AcceptanceFile }
  | { readonly is: 'receipt'; readonly file: SessionReceiptFile }
  /** A certificate of destruction by itself, as the portal gives it. */
  | { readonly is: 'certificate'; readonly jws: string }
  | { readonly is: 'journal'; readonly lines: readonly string[] };

/** How the first line of every journal begins. */
export const JOURNAL_BEGIN = '{"index":';
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** Characters of a certificate. */
const JWS_CHARACTERS_MAX = 65_536;

/** Reads a file. @throws EvidenceUnusable saying why it is none */
export function readEvidenceFile(text: string): EvidenceFile {
  if (text.startsWith(JOURNAL_BEGIN)) {
    // What follows the last newline was never acknowledged by the cart.
    return { is: 'journal', lines: text.split('\n').slice(0, -1) };
  }
  const trimmed = text.length > JWS_CHARACTERS_MAX ? '' : text.trim();
  if (COMPACT_JWS.test(trimmed)) return { is: 'certificate', jws: trimmed };
  const value = parse(text);
  if (isAcceptance(value)) return { is: 'acceptance', file: readAcceptanceEvidence(value) };
  if (isSessionReceipt(value)) return { is: 'receipt', file: readReceiptEvidence(value) };
  return { is: 'bundle', bundle: readEvidence(value) };
}

/** Checks everything in a file. */
export async function verifyEvidenceFile(
  file: EvidenceFile,
  options: VerifyOptions,
): Promise<Report> {
  switch (file.is) {
    case 'bundle':
      return await verifyEvidence(file.bundle, options);
    case 'acceptance':
      return await verifyAcceptance(file.file, options);
    case 'receipt':
      return await verifySessionReceipt(file.file, options);
    case 'certificate':
      return await verifyCertificate(file.jws, options.pinnedKey);
    case 'journal': {
      const nothing = { mark: null, certificate: null, head: null, damage: [] };
      return await verifyJournal({ serial: 'unnamed', lines: file.lines, ...nothing }, options);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EvidenceUnusable('The file is not JSON: is it copied whole?', { cause });
  }
}
