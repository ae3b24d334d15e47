/** Test support: good and tampered files of evidence, to hold the program and the page against each other. */
import type { EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { forged, part, whole, withEntries, withJournal, without } from './judged.ts';
import { receiptFileOf } from './receipt-story.ts';
import {
  certificate,
  certificateOf,
  journalFacts,
  ledgerFacts,
  receiptClaims,
  signAsCart,
  strangeCartCertificate,
  strangePair,
} from './story.ts';

export interface Specimen {
  readonly name: string;
  readonly text: string;
  readonly isGood: boolean;
}

const flip = (jws: string): string => `${jws.slice(0, -2)}${jws.endsWith('AA') ? 'BB' : 'AA'}`;

/** Makes all of them. */
export async function corpus(): Promise<readonly Specimen[]> {
  const receipt = await receiptFileOf();
  const [cart] = whole.carts;
  if (cart === undefined) throw new Error('the story has a cart');
  const altered = (bundle: EvidenceBundle, from: string, to: string): EvidenceBundle =>
    withEntries(bundle, (entries) =>
      entries.map((entry) => ({ ...entry, line: entry.line.replace(from, to) })),
    );
  const strange = await signAsCart(TYP.sessionReceipt, receiptClaims, strangePair);
  const good: Record<string, object | string> = {
    'whole.json': whole,
    'case.json': part,
    'receipt.json': receipt,
    'receipt-without-list.json': { ...receipt, files: null },
    'certificate.jws': certificate,
  };
  const bad: Record<string, object | string> = {
    'entry-altered.json': altered(whole, '"records":1', '"records":2'),
    'entry-of-case-altered.json': altered(part, '"records":1', '"records":2'),
    'entry-dropped.json': withEntries(whole, (entries) => [...without(entries, 4)]),
    'entries-exchanged.json': withEntries(whole, (entries) => [
      ...entries.slice(0, 2).toReversed(),
      ...entries.slice(2),
    ]),
    'end-cut-off.json': withEntries(whole, (entries) => entries.slice(0, -1)),
    'rewritten-by-key-holder.json': await forged(
      ledgerFacts.filter(({ kind }) => kind !== 'grant-received'),
    ),
    'certificate-of-other-words.json': {
      ...whole,
      certificate: await certificateOf({ bytes: 11 }),
    },
    'certificate-missing.json': { ...whole, certificate: null },
    'receipt-missing.json': { ...whole, receipts: [] },
    'receipt-of-stranger.json': { ...whole, receipts: [strange] },
    'cart-of-stranger.json': {
      ...whole,
      carts: [{ ...cart, certificates: [strangeCartCertificate] }],
    },
    'journal-forged.json': await withJournal(
      journalFacts.filter(({ kind }) => kind !== 'notice-accepted'),
    ),
    'list-altered.json': {
      ...receipt,
      files: receipt.files?.map((line) => line.replace('doppler', 'Doppler')),
    },
    'list-shortened.json': { ...receipt, files: receipt.files?.slice(1) },
    'countersignature-altered.json': {
      ...receipt,
      countersignature: flip(receipt.countersignature ?? ''),
    },
    'countersigned-as-different.json': await receiptFileOf({ countersigned: { files: 'differ' } }),
    'certificate-altered.jws': flip(certificate),
    'cut-in-half.json': JSON.stringify(whole).slice(0, 2000),
    'something-else.json': { hello: 'world' },
  };
  const specimens = (from: Record<string, object | string>, isGood: boolean): Specimen[] =>
    Object.entries(from).map(([name, value]) => ({
      name,
      text: typeof value === 'string' ? value : JSON.stringify(value),
      isGood,
    }));
  return [...specimens(good, true), ...specimens(bad, false)];
}
