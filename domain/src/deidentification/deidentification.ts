/**
 * De-identification of what is retrieved for a case: where it happens, what can come of it, why it is refused.
 *
 *   not-required < in-the-vault < on-the-cart
 *
 * The rule belongs to the case and is chosen when it is opened. It only ever gets stricter: whoever could loosen it
 * afterwards could fetch what was promised not to leave. `on-the-cart`: only de-identified results leave the cart.
 * `in-the-vault`: each record that arrives gets a de-identified companion, and only that one is exported.
 * A file that cannot be de-identified by a rule that is known is refused, never passed through (decision 0033).
 */
import { DomainError } from '../error/domain-error.ts';
import type { RecordOrigin } from '../record/record.ts';

/** From the loosest to the strictest. */
export const DEIDENTIFICATION_RULES = ['not-required', 'in-the-vault', 'on-the-cart'] as const;
export type DeidentificationRule = (typeof DEIDENTIFICATION_RULES)[number];

/** Why a file is not de-identified. Stable: peers, tables and translations are keyed by them. */
export const DEIDENTIFICATION_REFUSALS = [
  'DEIDENTIFICATION_KIND_UNKNOWN',
  'DEIDENTIFICATION_UNREADABLE',
  'DEIDENTIFICATION_SOP_CLASS_WITHOUT_RULE',
  'DEIDENTIFICATION_TRANSFER_SYNTAX_WITHOUT_RULE',
  'DEIDENTIFICATION_PIXELS_WITHOUT_RULE',
  'DEIDENTIFICATION_LIMIT_REACHED',
  'DEIDENTIFICATION_RESIDUE_FOUND',
  'DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY',
] as const;
export type DeidentificationRefusal = (typeof DEIDENTIFICATION_REFUSALS)[number];

/** A file that cannot be de-identified. Nothing of it may leave. */
export abstract class DeidentificationRefused extends DomainError {
  abstract override readonly code: DeidentificationRefusal;
}
/** It is neither DICOM nor a log in text. */
export class DeidentificationKindUnknown extends DeidentificationRefused {
  readonly code = 'DEIDENTIFICATION_KIND_UNKNOWN';
}
/** It says it is DICOM, and is not by the standard, or not whole. */
export class DeidentificationUnreadable extends DeidentificationRefused {
  readonly code = 'DEIDENTIFICATION_UNREADABLE';
}
/** A report, an encapsulated document, a presentation state …: what it holds is not known attribute by attribute. */
export class SOPClassWithoutRule extends DeidentificationRefused {
  readonly code = 'DEIDENTIFICATION_SOP_CLASS_WITHOUT_RULE';
}
export class TransferSyntaxWithoutRule extends DeidentificationRefused {
  readonly code = 'DEIDENTIFICATION_TRANSFER_SYNTAX_WITHOUT_RULE';
}
/** It is not known where in its pixels text is burned in. */
export class PixelsWithoutRule extends DeidentificationRefused {
  readonly code = 'DEIDENTIFICATION_PIXELS_WITHOUT_RULE';
}
/** Reading it would take more memory, depth or time than a file may. */
export class DeidentificationLimitReached extends DeidentificationRefused {
  readonly code = 'DEIDENTIFICATION_LIMIT_REACHED';
}
/** The result held something of the original that was to be gone. It was thrown away. */
export class ResidueFound extends DeidentificationRefused {
  readonly code = 'DEIDENTIFICATION_RESIDUE_FOUND';
}
/** A log of which nobody knows whose names may stand in it: patterns alone do not find a name that stands alone. */
export class LogWithoutDictionary extends DeidentificationRefused {
  readonly code = 'DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY';
}
/** The rule of a case may get stricter, never looser. */
export class DeidentificationRuleLoosened extends DomainError {
  readonly code = 'DEIDENTIFICATION_RULE_LOOSENED';
}

/** Gives the stricter of two rules: what a cart follows when a case, a request and a facility each say something. */
export function stricterRule(
  one: DeidentificationRule,
  other: DeidentificationRule,
): DeidentificationRule {
  return rankOf(one) >= rankOf(other) ? one : other;
}

/** Decides a change of a case's rule. @throws DeidentificationRuleLoosened */
export function changeRule(
  present: DeidentificationRule,
  next: DeidentificationRule,
): DeidentificationRule {
  if (rankOf(next) < rankOf(present)) {
    throw new DeidentificationRuleLoosened(
      'What was promised for a case stays: its rule can only become stricter.',
    );
  }
  return next;
}

/** Tells whether a file may leave the cart only as a de-identified result. */
export function mustLeaveDeidentified(
  rule: DeidentificationRule,
  policyDemandsIt: boolean,
): boolean {
  return policyDemandsIt || rule === 'on-the-cart';
}

/** A record with patients in it is asked for where only a de-identified one may go. */
export class DeidentifiedOnly extends DomainError {
  readonly code = 'DEIDENTIFIED_ONLY';
}

/** What may have a patient in it. What is on its way to a cart never came from a patient's record. */
const MAY_SHOW_A_PATIENT: ReadonlySet<RecordOrigin> = new Set(['fetched', 'snapshot']);

/**
 * Admits that a record leaves the vault for a workstation. Under a rule only what is de-identified may.
 * @throws DeidentifiedOnly
 */
export function admitLeaving(rule: DeidentificationRule, origin: RecordOrigin): void {
  if (rule === 'not-required' || !MAY_SHOW_A_PATIENT.has(origin)) return;
  throw new DeidentifiedOnly(
    'Of this case only de-identified files leave the vault. De-identify the file, then take the result.',
  );
}

/**
 * Admits that a picture of the cart's screen becomes a record. Where only de-identified files leave the cart it may not:
 * nobody can say what is written in its pixels.
 * @throws DeidentifiedOnly
 */
export function admitSnapshot(rule: DeidentificationRule): void {
  if (rule !== 'on-the-cart') return;
  throw new DeidentifiedOnly(
    'Of this case only de-identified files leave the cart: a picture of its screen is not kept.',
  );
}

function rankOf(rule: DeidentificationRule): number {
  return DEIDENTIFICATION_RULES.indexOf(rule);
}
