/**
 * Checks the order in which licences were given, used, renewed and taken back (decision 0016). Only in the whole ledger: a case's part
 * holds none of it.
 *
 * Not judged: a renewal after the licence was taken back, since a retirement takes effect before its entry, and both can be under way;
 * and a licence that is said to be used twice by the same holder, since an issuance that broke off is asked for again.
 */
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import { numberOf, textOf } from './line.ts';
import type { Fact, ReadLine } from './line.ts';

interface KnownLicence {
  readonly subject: unknown;
  /** Of the terms given last; 0 where an earlier version gave none. */
  number: number;
  /** By whom it was used. */
  holder: unknown;
}

const FOLLOWING: ReadonlySet<string> = new Set([
  'licence-redeemed',
  'licence-renewed',
  'licence-retired',
]);

/** Names each act about a licence that cannot have followed what stands before it. */
export function checkLicenceRules(entries: readonly ReadLine[]): Check {
  const found = new Findings('No licence is used or renewed that was not issued before');
  const licences = new Map<unknown, KnownLicence>();
  for (const { index, fact } of entries) {
    const problem = (what: string): void =>
      found.problem(`Entry ${index} (${fact.kind}, ${textOf(fact['licenceId'])}): ${what}.`);
    if (fact.kind === 'licence-issued') {
      if (licences.has(fact['licenceId'])) problem('it was issued before');
      const { subject } = fact;
      licences.set(fact['licenceId'], { subject, number: numberIn(fact) ?? 0, holder: undefined });
    } else if (FOLLOWING.has(fact.kind)) {
      const licence = licences.get(fact['licenceId']);
      if (licence === undefined) problem('it was never issued');
      else judge(licence, fact, problem);
    }
  }
  return found.done();
}

function judge(licence: KnownLicence, fact: Fact, problem: (what: string) => void): void {
  if (fact['subject'] !== licence.subject) problem('it was issued for something else');
  if (fact.kind === 'licence-redeemed') {
    const holder = fact['subjectId'];
    if (licence.holder !== undefined && licence.holder !== holder)
      problem('somebody else had used it');
    licence.holder = holder;
  }
  if (fact.kind === 'licence-renewed') {
    if (fact['subject'] !== 'cart') problem('only the licence of a cart is renewed');
    const number = numberIn(fact);
    if (number === undefined || number < Math.max(2, licence.number))
      problem('its terms do not follow those that it had');
    else licence.number = number;
  }
}

/** The number of the terms in an entry; undefined where it has none. */
function numberIn({ terms }: Fact): number | undefined {
  if (typeof terms !== 'object' || terms === null || !('number' in terms)) return undefined;
  const number = numberOf(terms.number);
  return Number.isSafeInteger(number) ? number : undefined;
}
