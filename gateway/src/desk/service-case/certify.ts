/**
 * Issues the certificate when a destruction was verified (NIST SP 800-88r2 §4.6), and closes the case.
 *
 * It may be called again after a crash: a certificate that was kept once stays the one, and `case-resolved` is
 * written to the ledger before the case shows as resolved.
 */
import { createHash } from 'node:crypto';
import type { DestructionStep } from '@chaperone/domain/destruction/destruction.ts';
import type { CartSerial, CaseId } from '@chaperone/domain/id/id.ts';
import { UNRESOLVED_LIMIT } from '@chaperone/domain/service-case/unresolved-limit.ts';
import type {
  DestructionCertificateClaims,
  SanitizationClaims,
} from '@chaperone/protocol/signed/claims.ts';
import type { DestructionOutcome, DestructionWitness } from '../../vault/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { StoredCase } from './case-store.ts';
import type { ServiceCases } from './service-cases.ts';

const OBJECT =
  'Logical object: all that was kept of one service case (records, previews, staged and temporary files, notes, reasons, keys)';
const DISPOSITION =
  'The media stay in use at the service centre. Case number, facility, cart, dates and the ledger, which names no patient, stay.';

/** What the configuration says about who certifies. */
export interface CertificateTerms {
  readonly gatewayName: string;
  readonly demo: boolean;
  /** Program and version that destroyed. */
  readonly tool: string;
  readonly place: string;
  readonly contact: string;
  /** What of this gateway is of a demo only. */
  readonly demoParts: readonly string[];
  /** The model that a cart has said of itself; null when it never did. */
  readonly modelOf: (cart: CartSerial) => Promise<string | null>;
}

export class DestructionCertifier implements DestructionWitness {
  readonly #context: DeskContext;
  readonly #cases: ServiceCases;
  readonly #terms: CertificateTerms;

  constructor(context: DeskContext, cases: ServiceCases, terms: CertificateTerms) {
    this.#context = context;
    this.#cases = cases;
    this.#terms = terms;
  }

  stepDone(caseId: CaseId, step: DestructionStep): void {
    this.#context.ledger.appendLater({ kind: 'destruction-step', caseId, step });
  }

  async certify(outcome: DestructionOutcome): Promise<void> {
    const found = await this.#cases.get(outcome.caseId);
    if (found.state === 'resolved') return;
    const jws = found.certificate ?? (await this.#issue(outcome));
    const certificateDigest = createHash('sha256').update(jws).digest('base64url');
    const fact = { caseId: outcome.caseId, certificateDigest, records: outcome.records };
    await this.#context.ledger.append({ kind: 'case-resolved', ...fact });
    const { keys, records, temporaryFiles, rows } = outcome.remains;
    await this.#cases.complete(outcome.caseId, keys + records + temporaryFiles + rows === 0);
  }

  async #issue(outcome: DestructionOutcome): Promise<string> {
    const { ledger, clock } = this.#context;
    const found = await this.#cases.get(outcome.caseId);
    const { id, number, cart, facility, decision } = found;
    const { gatewayName, demo, tool, place, contact } = this.#terms;
    const claims: DestructionCertificateClaims = {
      iss: gatewayName,
      case: id,
      caseNumber: number,
      cart,
      facility,
      demo,
      records: outcome.records,
      bytes: outcome.bytes,
      method: outcome.method,
      technique: outcome.technique,
      tool,
      verification: {
        method: outcome.verificationMethod,
        keysFound: outcome.remains.keys,
        recordsFound: outcome.remains.records,
        temporaryFilesFound: outcome.remains.temporaryFiles,
        rowsFound: outcome.remains.rows,
        result: 'nothing found',
      },
      decidedBy: decision?.by ?? { id: 'unknown', name: 'unknown', role: 'unknown' },
      decidedUtcMs: decision?.atUtcMs ?? outcome.decidedUtcMs,
      destroyedUtcMs: outcome.destroyedUtcMs,
      place,
      contact,
      ledgerIndex: decision?.ledgerIndex ?? 0,
      sanitization: await this.#sanitizationOf(outcome, found),
      iat: Math.floor(clock.utcMs() / 1000),
    };
    const { jws } = await ledger.signCertificate(claims);
    return await this.#cases.store.keepCertificate(id, jws);
  }

  async #sanitizationOf(
    outcome: DestructionOutcome,
    { cart, decision }: StoredCase,
  ): Promise<SanitizationClaims> {
    const { media, category, counts, lookedIn, destroyedUtcMs } = outcome;
    return {
      object: OBJECT,
      cartModel: (await this.#terms.modelOf(cart))?.slice(0, 100) ?? null,
      media,
      category,
      counts: { ...counts },
      lookedIn: [...lookedIn],
      verifiedUtcMs: destroyedUtcMs,
      disposition: DISPOSITION,
      decidedFor: decision?.by.id === UNRESOLVED_LIMIT ? 'unresolved-limit' : 'person',
      demoParts: [...this.#terms.demoParts],
    };
  }
}
