/** What a facility would verify after each round, by the verifier itself. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readInput } from '@chaperone/verify/input.ts';
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';
import { readEvidence, verifyEvidence, verifyJournal } from '@chaperone/verify/verify.ts';
import type { Report } from '@chaperone/verify/check.ts';
import { eventually } from '../../harness/eventually.ts';
import { Refused } from '../../harness/technician.ts';
import type { Technician } from '../../harness/technician.ts';
import { SERIAL, keepFile } from './kill-day.ts';
import type { KillDay } from './kill-day.ts';

/** Milliseconds until the desk gathers evidence for the same technician again, when there was much of it. */
const PACE_MS = 1000;
const OPTIONS = { certificates: nodeCertificateReader };

/**
 * Verifies the evidence of a case.
 * @returns the bundle as it was given out
 * @throws AssertionError with what does not hold
 */
export async function verifyCase({ technician }: KillDay, caseId: string): Promise<string> {
  const text = await exportEvidence(technician, caseId);
  holds(`the evidence of ${caseId}`, await verifyEvidence(readEvidence(JSON.parse(text)), OPTIONS));
  return text;
}

/** Exports the evidence of a case; who asks often waits until it is their turn again. */
export async function exportEvidence(technician: Technician, caseId: string): Promise<string> {
  return await eventually('the evidence', async () => {
    try {
      return await (await technician.raw('GET', `/api/cases/${caseId}/evidence`)).text();
    } catch (fault) {
      if (!(fault instanceof Refused) || fault.code !== 'REQUESTS_TOO_MANY') throw fault;
      await delay(PACE_MS);
      return null;
    }
  });
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
