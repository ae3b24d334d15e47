/**
 * Service cases: opened, designated, noted, resolved.
 *
 * Complaint, caller and notes are sealed under the case's key before they are stored; the ledger gets commitments.
 * Resolving writes the decision to the ledger, then to the database, then lets the vault destroy; a crash anywhere
 * goes on from there at the next start. It knows no HTTP and no carts beyond their serial.
 */
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import { isId, newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CaseId, TechnicianId } from '@chaperone/domain/id/id.ts';
import { standingDecision } from '@chaperone/domain/ledger-entry/case-work.ts';
import {
  CaseNotOpen,
  beginResolving,
  completeResolving,
  designate,
} from '@chaperone/domain/service-case/service-case.ts';
import type { CaseState } from '@chaperone/domain/service-case/service-case.ts';
import { UNRESOLVED_LIMIT } from '@chaperone/domain/service-case/unresolved-limit.ts';
import { instantOf } from '../../platform/clock/clock.ts';
import type { CaseTraces } from '../../vault/contract.ts';
import type { Events } from '../events/events.ts';
import { commitTo } from '../platform/commitment.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { Turns } from '../platform/turns.ts';
import { CartHasOpenCase, CaseUnknown, ConfirmationWrong } from './case-error.ts';
import { CaseReasons } from './case-reasons.ts';
import { CaseStore } from './case-store.ts';
import type { DecidedBy, StoredCase } from './case-store.ts';

/** Cases that a list gives at most; later pages come with later needs. */
const LISTED_CASES_MAX = 500;

export interface CaseDetailText {
  readonly caller: string;
  readonly complaint: string;
}

export interface CaseNote {
  readonly by: TechnicianId;
  readonly atUtcMs: number;
  readonly text: string;
}

export interface NewCaseTerms extends CaseDetailText {
  readonly facility: string;
  readonly cart: string;
  readonly by: TechnicianId;
  /** Whether whoever opens it may work on it without a lead's word. */
  readonly designatesOpener: boolean;
  readonly deidentification: DeidentificationRule;
}

/** Tells whether a legal hold was proposed for the case, and was neither set nor turned down since. */
export type AskHoldProposed = (caseId: CaseId) => Promise<boolean>;

export interface CaseRules {
  /** Who may say which technicians work on a case. */
  readonly designatedBy: ServiceCases['designatedBy'];
  /** Asked before a case is resolved: a hold counts from the moment it is proposed. */
  readonly isHoldProposed: AskHoldProposed;
  /** Copies outside that nobody has attested as deleted; asked before a case is resolved. */
  readonly exportsOwed: (caseId: CaseId) => Promise<number>;
  /** Keeps what is promised of de-identification, before anybody knows of the case. */
  readonly keepRule: (
    caseId: CaseId,
    rule: DeidentificationRule,
    by: TechnicianId,
  ) => Promise<void>;
}

/** What the cases must know of remote sessions. */
export interface SessionsOfCases {
  /** Tells whether a session of the case is running now. */
  inSession(caseId: CaseId): boolean;
  /** Writes ends of the case's sessions that the ledger lacks. */
  writeMissingEnds(caseId: CaseId): Promise<void>;
}

export class ServiceCases {
  readonly store: CaseStore;
  readonly reasons: CaseReasons;
  readonly designatedBy: 'lead' | 'lead-or-opener';
  readonly #context: DeskContext;
  readonly #events: Events;
  readonly #turns = new Turns();

  readonly #isHoldProposed: AskHoldProposed;
  readonly #exportsOwed: CaseRules['exportsOwed'];
  readonly #keepRule: CaseRules['keepRule'];

  constructor(context: DeskContext, events: Events, rules: CaseRules) {
    this.designatedBy = rules.designatedBy;
    this.#context = context;
    this.#events = events;
    this.#isHoldProposed = rules.isHoldProposed;
    this.#exportsOwed = rules.exportsOwed;
    this.#keepRule = rules.keepRule;
    this.store = new CaseStore(context.database);
    this.reasons = new CaseReasons(context);
  }

  /** Opens a case. @throws MalformedId, CartHasOpenCase, LedgerUnavailable, VaultUnavailable */
  async open(terms: NewCaseTerms): Promise<StoredCase> {
    const cart = parseCartSerial(terms.cart);
    return await this.#turns.take(cart, async () => {
      const there = await this.store.openOf(cart);
      if (there !== null) {
        throw new CartHasOpenCase(
          `Case ${there.number} is open for this cart. Resolve it, or work in it.`,
        );
      }
      const { ledger, vault, clock, randomBytes } = this.#context;
      const id = newId('case', randomBytes);
      const openedUtcMs = clock.utcMs();
      const { caller, complaint } = terms;
      const { commitment, salt } = commitTo(JSON.stringify({ caller, complaint }), randomBytes);
      await vault.createCaseKey(id);
      const detail = await vault.sealText(id, JSON.stringify({ caller, complaint, salt }));
      const number = await this.store.nextNumber(new Date(openedUtcMs).getUTCFullYear());
      const fact = { caseId: id, cart, by: terms.by, detailCommitment: commitment };
      await ledger.append({ kind: 'case-opened', ...fact });
      const { facility, by: openedBy } = terms;
      await this.#keepRule(id, terms.deidentification, openedBy);
      const designated = terms.designatesOpener ? [openedBy] : [];
      for (const technicianId of designated)
        await ledger.append({
          kind: 'technician-designated',
          caseId: id,
          technicianId,
          by: openedBy,
        });
      const entry = { id, facility, cart, openedUtcMs, openedBy, number, detail, designated };
      await this.store.add(entry);
      this.#events.caseChanged(id);
      this.#events.cartsChanged();
      return await this.get(id);
    });
  }

  /** @throws CaseUnknown */
  async get(id: string): Promise<StoredCase> {
    const found = isId('case', id) ? await this.store.find(id) : null;
    if (found === null) throw new CaseUnknown();
    return found;
  }

  async list(state: CaseState | null): Promise<readonly StoredCase[]> {
    return await this.store.list(state, LISTED_CASES_MAX);
  }

  /** What was said when the case was opened; null once it is destroyed. */
  async detailOf(found: StoredCase): Promise<CaseDetailText | null> {
    if (found.detail === null || found.state !== 'open') return null;
    return JSON.parse(
      await this.#context.vault.unsealText(found.id, found.detail),
    ) as CaseDetailText;
  }

  async notesOf(found: StoredCase): Promise<readonly CaseNote[]> {
    if (found.state !== 'open') return [];
    const notes = await this.store.notes(found.id);
    return await Promise.all(
      notes.map(async ({ by, atUtcMs, sealed }) => {
        const { text } = JSON.parse(
          await this.#context.vault.unsealText(found.id, sealed),
        ) as CaseNote;
        return { by, atUtcMs, text };
      }),
    );
  }

  /** Runs `work` while nothing else happens to a case. @throws CaseUnknown and what `work` throws */
  async inTurn(id: string, work: (found: StoredCase) => Promise<void>): Promise<void> {
    await this.#turns.take(id, async () => await work(await this.get(id)));
    this.#events.caseChanged(id as CaseId);
  }

  /** Designates a technician for the case; the cart then shows them. @throws CaseNotOpen, LedgerUnavailable */
  async designate(id: CaseId, technicianId: TechnicianId, by: TechnicianId): Promise<void> {
    await this.#turns.take(id, async () => {
      const before = await this.get(id);
      if (designate(before, technicianId) === before) return;
      await this.#context.ledger.append({
        kind: 'technician-designated',
        caseId: id,
        technicianId,
        by,
      });
      await this.store.designate(id, technicianId, this.#context.clock.utcMs());
    });
    this.#events.caseChanged(id);
  }

  /** @throws CaseNotOpen, LedgerUnavailable */
  async addNote(id: CaseId, text: string, by: TechnicianId): Promise<void> {
    await this.#turns.take(id, async () => {
      const found = await this.get(id);
      if (found.state !== 'open') throw new CaseNotOpen('This case is not open any more.');
      const { ledger, vault, clock, randomBytes } = this.#context;
      const { commitment, salt } = commitTo(text, randomBytes);
      const sealed = await vault.sealText(id, JSON.stringify({ text, salt }));
      await ledger.append({ kind: 'note-added', caseId: id, by, noteCommitment: commitment });
      await this.store.addNote(id, { by, atUtcMs: clock.utcMs(), sealed });
    });
    this.#events.caseChanged(id);
  }

  /**
   * Resolves a case: the decision is recorded, then everything is destroyed, verified and certified.
   * @param confirmNumber the case's number as the person typed it
   * @throws ConfirmationWrong, CaseNotOpen, CaseUnderLegalHold, CaseInSession, ExportsOwed, LedgerUnavailable,
   *   DestructionInterrupted (it goes on by itself, at the next start too, or when asked again)
   */
  async resolve(
    id: CaseId,
    confirmNumber: string,
    by: DecidedBy,
    sessions: SessionsOfCases,
  ): Promise<StoredCase> {
    await this.#turns.take(id, async () => {
      const found = await this.get(id);
      if (confirmNumber !== found.number) {
        throw new ConfirmationWrong('The number that was typed is not the number of this case.');
      }
      // Asked again while it is being resolved, it goes on with what was interrupted.
      if (found.state !== 'resolving') {
        const legalHold = await this.isHeld(found);
        const owed = await this.#exportsOwed(id);
        beginResolving({ ...found, legalHold }, sessions.inSession(id), owed);
        await this.#decide(id, by);
      }
      await sessions.writeMissingEnds(id);
      await this.#context.vault.destroyCase(id);
    });
    this.#events.caseChanged(id);
    this.#events.cartsChanged();
    return await this.get(id);
  }

  /**
   * Resolves a case that nobody resolved in the longest time that one may stay so. Copies outside that nobody has attested as
   * deleted do not keep it: its certificate counts them.
   * @throws CaseNotOpen, CaseUnderLegalHold, CaseInSession, LedgerUnavailable, DestructionInterrupted
   */
  async resolveAtLimit(id: CaseId, sessions: SessionsOfCases): Promise<void> {
    await this.#turns.take(id, async () => {
      const found = await this.get(id);
      const legalHold = await this.isHeld(found);
      beginResolving({ ...found, legalHold }, sessions.inSession(id), 0);
      await this.#decide(id, BY_LIMIT);
      await sessions.writeMissingEnds(id);
      await this.#context.vault.destroyCase(id);
    });
    this.#events.caseChanged(id);
    this.#events.cartsChanged();
  }

  /** Whether a case is under a legal hold, or one is proposed. */
  async isHeld({ id, legalHold }: StoredCase): Promise<boolean> {
    return legalHold || (await this.#isHoldProposed(id));
  }

  /** The decision: in the ledger first. */
  async #decide(id: CaseId, by: DecidedBy): Promise<void> {
    const { ledger, clock } = this.#context;
    const { index } = await ledger.append({ kind: 'case-resolving', caseId: id, by: by.id });
    await this.store.decide(id, { by, atUtcMs: clock.utcMs(), ledgerIndex: index });
    this.#events.caseChanged(id);
  }

  /**
   * Takes up decisions that stand in the ledger while the database does not know of them: the gateway was killed in between.
   * Call it once at start, before anything else.
   * @param nameOf names who decided
   */
  async takeUpDecisions(nameOf: (technician: TechnicianId) => string | null): Promise<void> {
    for (const id of await this.store.unresolved()) {
      const found = await this.get(id);
      if (found.state !== 'open') continue;
      const lines = await this.#context.ledger.entriesOf(id);
      const decided = standingDecision(lines);
      if (decided?.fact.kind !== 'case-resolving') continue;
      const { by } = decided.fact;
      const { index: ledgerIndex, utcMs: atUtcMs } = decided;
      const person = by === UNRESOLVED_LIMIT ? BY_LIMIT : personOf(by, found, nameOf);
      await this.store.decide(id, { by: person, atUtcMs, ledgerIndex });
    }
  }

  /** Goes on with every case whose destruction was decided but not completed. Call it once at start. */
  async resumeResolving(): Promise<void> {
    for (const { id } of await this.store.list('resolving', LISTED_CASES_MAX)) {
      try {
        await this.#turns.take(id, async () => await this.#context.vault.destroyCase(id));
        this.#events.caseChanged(id);
      } catch (fault) {
        this.#context.log.error(
          { caseId: id, err: fault },
          'a destruction could not go on; it is tried again',
        );
      }
    }
  }

  /** Says that the destruction was verified and certified. @throws DestructionNotVerified, CaseNotOpen */
  async complete(id: CaseId, verified: boolean): Promise<void> {
    const found = await this.get(id);
    if (found.state === 'resolved') return;
    const { resolvedUtcMs } = completeResolving(
      found,
      { verified },
      instantOf(this.#context.clock),
    );
    await this.store.complete(id, resolvedUtcMs ?? this.#context.clock.utcMs());
    // It may have gone on by itself, with nobody waiting.
    this.#events.caseChanged(id);
    this.#events.cartsChanged();
  }

  /** What the vault erases with a case. */
  traces(): CaseTraces {
    return {
      tables: ['service_case', 'case_note', 'case_reason'],
      eraseTraces: async (id) => {
        await this.store.eraseTraces(id);
        await this.reasons.erase(id);
      },
      countTraces: async (id) =>
        (await this.store.countTraces(id)) + (await this.reasons.count(id)),
    };
  }
}

/** Who a certificate names when nobody decided. */
const BY_LIMIT: DecidedBy = {
  id: UNRESOLVED_LIMIT,
  name: 'Time limit for unresolved cases',
  role: 'limit',
};

function personOf(
  id: TechnicianId,
  { designated }: StoredCase,
  nameOf: (technician: TechnicianId) => string | null,
): DecidedBy {
  return { id, name: nameOf(id) ?? id, role: designated.includes(id) ? 'technician' : 'lead' };
}
