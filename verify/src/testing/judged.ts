/** Test support: what the verifier says of a bundle, and the bundles of somebody who lies. */
import { equal, match, ok } from 'node:assert/strict';
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import type { Report } from '../check.ts';
import { nodeCertificateReader } from '../node-certificate-reader.ts';
import { reportOf } from '../report.ts';
import { EvidenceUnusable, readEvidence, verifyEvidence } from '../verify.ts';
import type { journalFacts, ledgerFacts } from './story.ts';
import { caseBundle, headOf, ledgerOf, linesOf, verifierLine, wholeBundle } from './story.ts';

export const whole = await wholeBundle();
export const part = await caseBundle();

export const certificates = nodeCertificateReader;
export const verified = async (bundle: EvidenceBundle, trust = {}): Promise<Report> =>
  await verifyEvidence(bundle, { certificates, pinnedKey: verifierLine, ...trust });
/** Whether somebody who gets this as a file is told that all is well. */
export const passes = async (value: unknown): Promise<boolean> => {
  let bundle;
  try {
    bundle = readEvidence(value);
  } catch (fault) {
    ok(fault instanceof EvidenceUnusable, String(fault));
    return false;
  }
  return (await verified(bundle)).ok;
};

export async function holds(bundle: EvidenceBundle, trust = {}): Promise<void> {
  const result = await verified(bundle, trust);
  ok(result.ok, reportOf(result));
}

export async function fails(bundle: EvidenceBundle, said: RegExp, trust = {}): Promise<void> {
  const result = await verified(bundle, trust);
  equal(result.ok, false, reportOf(result));
  match(reportOf(result), said);
}

export type Entries = EvidenceBundle['ledger']['entries'];
export const withEntries = (
  bundle: EvidenceBundle,
  change: (entries: Entries) => Entries,
): EvidenceBundle => ({
  ...bundle,
  ledger: { ...bundle.ledger, entries: change(structuredClone(bundle.ledger.entries)) },
});
/** Somebody with the ledger's key writes another ledger. */
export const forged = async (facts: readonly object[]): Promise<EvidenceBundle> => ({
  ...whole,
  ledger: await ledgerOf(linesOf(facts as typeof ledgerFacts)),
});
export const withJournal = async (facts: readonly object[]): Promise<EvidenceBundle> => {
  const lines = [...linesOf(facts as typeof journalFacts)];
  const [cart] = whole.carts;
  ok(cart !== undefined);
  const journal = { before: { size: 0, hashes: [] }, lines, head: await headOf(lines) };
  return { ...whole, carts: [{ ...cart, journal }] };
};
export const without = <T>(list: readonly T[], at: number): readonly T[] => list.toSpliced(at, 1);
