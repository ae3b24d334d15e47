/** What a facility would verify after each round, by the verifier itself. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { readInput } from '@chaperone/verify/input.ts';
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';
import { readEvidence, verifyEvidence, verifyJournal } from '@chaperone/verify/verify.ts';
import type { Report } from '@chaperone/verify/check.ts';
import { SERIAL, keepFile } from './kill-day.ts';
import type { KillDay } from './kill-day.ts';

const OPTIONS = { certificates: nodeCertificateReader };

/**
 * Verifies the evidence of a case.
 * @returns the bundle as it was given out
 * @throws AssertionError with what does not hold
 */
export async function verifyCase({ technician }: KillDay, caseId: string): Promise<string> {
  const response = await technician.raw('GET', `/api/cases/${caseId}/evidence`);
  const text = await response.text();
  holds(`the evidence of ${caseId}`, await verifyEvidence(readEvidence(JSON.parse(text)), OPTIONS));
  return text;
}

/** Verifies the cart's journal as it lies on its disk. @throws AssertionError with what does not hold */
export async function verifyCartJournal({ system }: KillDay): Promise<void> {
  const input = await readInput(journalFolder(system.cartData));
  assert.ok(input.is === 'journal');
  const copy = { ...input.journal, serial: SERIAL, certificate: null, head: null };
  holds("the cart's journal", await verifyJournal(copy, OPTIONS));
}

/** Gives a bundle and the journal as paths for `chaperone verify`. */
export async function keepEvidence(day: KillDay, bundle: string): Promise<readonly string[]> {
  return [await keepFile(day, 'evidence.json', bundle), journalFolder(day.system.cartData)];
}

function journalFolder(cartData: string): string {
  return path.join(cartData, 'journal');
}

function holds(what: string, { ok, checks }: Report): void {
  const broken = checks.filter((check) => !check.ok).map(({ name, said }) => `${name}: ${said}`);
  assert.ok(ok, `${what} does not hold: ${broken.join(' ')}`);
}
