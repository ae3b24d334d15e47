/**
 * Issues the certificate when a destruction was verified (NIST SP 800-88r2 §4.6), and closes the case.
 *
 * It may be called again after a crash: a certificate that was kept once stays the one, and `case-resolved` is
 * written to the ledger before the case shows as resolved.
 */
import { createHash } from 'node:crypto';
import type { DestructionStep } from '@chaperone/domain/destruction/destruction.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { DestructionCertificateClaims } from '@chaperone/protocol/signed/claims.ts';
import type { DestructionOutcome, DestructionWitness } from '../../vault/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { ServiceCases } from './service-cases.ts';

/** What the configuration says about who certifies. */
export interface CertificateTerms {
  readonly gatewayName: string;
  readonly demo: boolean;
  /** Program and version that destroyed. */
  readonly tool: string;
  readonly place: string;
  readonly contact: string;
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
    const { id, number, cart, facility, decision } = await this.#cases.get(outcome.caseId);
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
      iat: Math.floor(clock.utcMs() / 1000),
    };
    const { jws } = await ledger.signCertificate(claims);
    return await this.#cases.store.keepCertificate(id, jws);
  }
}
