/** Why something of commissioning is not done. Each part behind has refusals of its own beside these. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { refusedField } from '@chaperone/protocol/panel-api/engineer.ts';
import type { z } from 'zod';

export type RefusedField = z.infer<typeof refusedField>;

/** Fields that cannot be used as they are, each with what to type instead. */
export class FieldsRefused extends DomainError {
  readonly code = 'FIELDS_REFUSED';
  readonly fields: readonly RefusedField[];
  constructor(fields: readonly [RefusedField, ...RefusedField[]]) {
    super(fields.map(({ message }) => message).join(' '));
    this.fields = fields;
  }
}

/** The operator's session comes first: its network and its identity stay as they are. */
export class SessionUnderWay extends DomainError {
  readonly code = 'SESSION_UNDER_WAY';
  constructor() {
    super('A remote session is under way on this cart. End it first, then go on here.');
  }
}

/** One change at a time; while one is tried, no session begins either. */
export class CommissioningUnderWay extends DomainError {
  readonly code = 'COMMISSIONING_UNDER_WAY';
  constructor() {
    super("The cart's network or identity is being changed. Wait until that is done.");
  }
}

export class CartNotSetUp extends DomainError {
  readonly code = 'CART_NOT_SET_UP';
  constructor() {
    super(
      'This cart is not set up yet: it has no certificate. A field engineer enters its licence.',
    );
  }
}

export class ValidationMissing extends DomainError {
  readonly code = 'VALIDATION_MISSING';
  constructor() {
    super('Nothing was validated since the last change. Validate first.');
  }
}

export class ValidationNotPassed extends DomainError {
  readonly code = 'VALIDATION_NOT_PASSED';
  constructor() {
    super('The last validation failed. Put right what it says, then validate again.');
  }
}

/** Nothing failed, and what the report is about was not looked at. */
export class ValidationIncomplete extends DomainError {
  readonly code = 'VALIDATION_INCOMPLETE';
  constructor() {
    super(
      'The last validation did not come to certificate, licence and tunnel. Validate again, to the end.',
    );
  }
}

export class ReportMissing extends DomainError {
  readonly code = 'REPORT_MISSING';
  constructor() {
    super('This cart has no acceptance report yet.');
  }
}

/** A validation was stopped by hand before its end. */
export class ValidationStopped extends DomainError {
  readonly code = 'VALIDATION_STOPPED';
  constructor() {
    super('The validation was stopped.');
  }
}

/** While it was being looked at, something was changed of what it looked at. */
export class ValidationOvertaken extends DomainError {
  readonly code = 'VALIDATION_OVERTAKEN';
  constructor() {
    super('Something was changed during the validation, so it does not count. Validate again.');
  }
}

/** A refusal that the running agent told, with its code and words. */
export class RefusedByAgent extends DomainError {
  readonly code: string;
  readonly fields: readonly RefusedField[];
  constructor(code: string, message: string, fields: readonly RefusedField[] = []) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}

/** Gives what a caller is told of a refusal: its code, its words, and its fields if it has some. */
export function refusedOf(fault: DomainError): {
  code: string;
  message: string;
  fields?: RefusedField[];
} {
  const { code, message } = fault;
  const fields = fieldsOf(fault);
  return fields.length === 0 ? { code, message } : { code, message, fields: [...fields] };
}

/** The rules of the network have an error of their own with fields; whoever has them is shown beside them. */
export function fieldsOf(fault: unknown): readonly RefusedField[] {
  if (fault instanceof FieldsRefused || fault instanceof RefusedByAgent) return fault.fields;
  if (!(fault instanceof DomainError) || !('fields' in fault) || !Array.isArray(fault.fields)) {
    return [];
  }
  return fault.fields as readonly RefusedField[];
}
