/** Gathers what a facility hands to `chaperone verify` about one case. It holds no PHI. */
import { EVIDENCE_FORMAT } from '@chaperone/protocol/evidence/schema.ts';
import type { CartEvidence, EvidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { Authority } from '../../authority/contract.ts';
import type { CartJournals } from '../../ledger/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { SessionReceipts } from '../receipt/receipt.ts';
import type { RemoteSessions } from '../session/session.ts';
import type { StoredCase } from '../service-case/service-case.ts';

const JOURNAL_PAGE = 1_000;
const CERTIFICATES_MAX = 64;

export interface EvidenceOptions {
  readonly authority: Pick<Authority, 'publicRoots' | 'certificatesOf'>;
  readonly journals: CartJournals;
  readonly sessions: RemoteSessions;
  readonly receipts: SessionReceipts;
}

/**
 * Makes the bundle of a case.
 * @param withJournals false leaves the journals of carts out: they tell of other cases of the cart, too
 */
export async function gatherEvidence(
  context: DeskContext,
  options: EvidenceOptions,
  serviceCase: StoredCase,
  { withJournals }: { readonly withJournals: boolean } = { withJournals: true },
): Promise<EvidenceBundle> {
  await context.ledger.settle();
  return {
    format: EVIDENCE_FORMAT,
    case: serviceCase.id,
    madeUtcMs: context.clock.utcMs(),
    ledger: await context.ledger.evidence(serviceCase.id, serviceCase.facility),
    certificate: serviceCase.state === 'resolved' ? serviceCase.certificate : null,
    receipts: [...(await options.sessions.store.receiptsOf(serviceCase.id))],
    countersignatures: [...(await options.receipts.countersignaturesOf(serviceCase.id))],
    carts: await cartEvidence(options, serviceCase.cart, withJournals),
    cartRoot: options.authority.publicRoots.cartRootsPEM,
  };
}

async function cartEvidence(
  options: EvidenceOptions,
  serial: string,
  withJournal: boolean,
): Promise<CartEvidence[]> {
  const { authority, journals } = options;
  const entries = await authority.certificatesOf({ kind: 'cart', id: serial });
  if (entries.length === 0) return [];
  const newest = entries.slice(0, CERTIFICATES_MAX).toReversed();
  const certificates = newest.map((entry) => encodePEM('CERTIFICATE', entry.der));
  const head = withJournal ? await journals.head(serial) : null;
  if (head === null) return [{ serial, certificates, journal: null }];
  const { size } = await journals.position(serial);
  const lines: string[] = [];
  while (lines.length < size) {
    const page = await journals.lines(serial, lines.length, JOURNAL_PAGE);
    if (page.length === 0) break;
    lines.push(...page.map((each) => each.line));
  }
  return [{ serial, certificates, journal: { before: { size: 0, hashes: [] }, lines, head } }];
}
