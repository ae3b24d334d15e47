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

export class ReportMissing extends DomainError {
  readonly code = 'REPORT_MISSING';
  constructor() {
    super('This cart has no acceptance report yet.');
  }
}

/** A validation was stopped before its end by whoever had started it, or by a session. */
export class ValidationStopped extends DomainError {
  readonly code = 'VALIDATION_STOPPED';
  constructor() {
    super('The validation was stopped.');
  }
}
