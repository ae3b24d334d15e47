/** Why the portal does not answer with what was asked for. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** It is not there, or belongs to another facility, which is the same. */
export class PortalNothingThere extends DomainError {
  readonly code = 'PORTAL_NOTHING_THERE';
  constructor() {
    super('There is nothing at this address.');
  }
}
/** The portal reads: nothing but signing in and out is done by a form. */
export class PortalMethodRefused extends DomainError {
  readonly code = 'PORTAL_METHOD_REFUSED';
  constructor() {
    super('The portal only shows.');
  }
}
/** Another name than the portal's was used, or a page of another origin asked. */
export class PortalOriginRefused extends DomainError {
  readonly code = 'PORTAL_ORIGIN_REFUSED';
  constructor() {
    super('This request does not come from a page of the portal.');
  }
}
/** A form that no page of the portal sends. */
export class PortalFormMalformed extends DomainError {
  readonly code = 'PORTAL_FORM_MALFORMED';
  constructor() {
    super('This form cannot be read. Open the page anew and send it once more.');
  }
}
export class PortalRequestsTooMany extends DomainError {
  readonly code = 'PORTAL_REQUESTS_TOO_MANY';
  readonly waitSeconds: number;
  constructor(waitSeconds: number) {
    super('That was more than is taken at once. Wait a little.');
    this.waitSeconds = waitSeconds;
  }
}
