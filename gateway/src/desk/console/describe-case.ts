/** Shows cases as the console's API describes them. */
import type { caseDetail, caseSummary } from '@chaperone/protocol/console-api/schema.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { licenceStanding } from '@chaperone/domain/licence/licence-terms.ts';
import type { z } from 'zod';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Account, Caller } from '../sign-in/sign-in.ts';
import type { DeskFeatures } from './desk-features.ts';
import { mayDesignate } from './guard.ts';

export type CaseSummary = z.infer<typeof caseSummary>;
export type CaseDetail = z.infer<typeof caseDetail>;

export async function summaryOf(features: DeskFeatures, found: StoredCase): Promise<CaseSummary> {
  const { id, number, state, facility, cart, openedUtcMs, resolvedUtcMs, legalHold } = found;
  const records = await features.context.vault.countRecords(id);
  const cartOnline = features.sessions.isOnline(cart);
  const age = await features.caseAges.shown(found);
  const about = { id, number, state, facility, cart, cartOnline, openedUtcMs, resolvedUtcMs };
  return { ...about, records, legalHold, age };
}

/** Whether an account is one that works on carts. What the directory says of its person counts when they sign in. */
export function mayBeDesignated({ disabled, roles }: Account): boolean {
  return !disabled && (roles === null || roles.includes('technician'));
}

/** The whole case. Once its destruction is decided, nothing that was sealed is shown any more. */
export async function detailOf(
  features: DeskFeatures,
  found: StoredCase,
  caller: Caller,
): Promise<CaseDetail> {
  const { cases, transfers, context, nameOf } = features;
  const isOpen = found.state === 'open';
  const said = await cases.detailOf(found);
  const notes = await cases.notesOf(found);
  return {
    ...(await summaryOf(features, found)),
    caller: said?.caller ?? null,
    complaint: said?.complaint ?? null,
    notes: notes.map(({ by, atUtcMs, text }) => ({ by: nameOf(by) ?? by, atUtcMs, text })),
    designated: found.designated.map((id) => ({ id, name: nameOf(id) ?? id })),
    recordList: isOpen ? [...(await context.vault.records(found.id))].map(recordOf) : [],
    ...(isOpen ? await transfers.list(found.id) : { transfers: [], batches: [] }),
    openedBy: { id: found.openedBy, name: nameOf(found.openedBy) ?? found.openedBy },
    mayDesignate: mayDesignate(caller, found, cases.designatedBy),
    isHoldProposed: isOpen && !found.legalHold && (await cases.isHeld(found)),
    deidentification: await features.deidentifications.ruleOf(found.id),
    cartLicence: isOpen ? await licenceOf(features, found.cart) : null,
  };
}

/** What a technician has to know of a cart's licence: what can be asked for, and why an operator may be refused. */
async function licenceOf(
  { authority, context }: DeskFeatures,
  cart: string,
): Promise<CaseDetail['cartLicence']> {
  const terms = (await authority.cartLicence(cart))?.terms ?? null;
  if (terms === null) return null;
  const { features, validFromUtcMs, validUntilUtcMs } = terms;
  const standing = licenceStanding(terms, context.clock.utcMs());
  return { standing, features: [...features], validFromUtcMs, validUntilUtcMs };
}

export function recordOf(record: CaseRecord): CaseDetail['recordList'][number] {
  const { id, origin, name, folder, bytes, sha256, sealedUtcMs, quarantine } = record;
  const { state } = quarantine;
  const said = {
    state,
    reason: state === 'held' ? quarantine.reason : null,
    signature: state === 'infected' ? quarantine.signature : null,
    scanned: state === 'released' && quarantine.by !== 'no-scanner',
  };
  return { id, origin, name, folder, bytes, sha256, sealedUtcMs, quarantine: said };
}
