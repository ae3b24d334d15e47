/** Why the console's API refuses a request before a feature looks at it. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export { NotAllowed } from '../platform/not-allowed.ts';

/** The caller may know the case but not do this with it. */
export class NotDesignated extends DomainError {
  readonly code = 'NOT_DESIGNATED';
  constructor() {
    super('Only a technician who is designated for this case can do this.');
  }
}
/** A page of another origin asked, or a name that is not the console's was used. */
export class OriginRefused extends DomainError {
  readonly code = 'ORIGIN_REFUSED';
  constructor() {
    super('This request does not come from the console.');
  }
}
/** More than a person does; see `pace.ts`. */
export class RequestsTooMany extends DomainError {
  readonly code = 'REQUESTS_TOO_MANY';
  readonly waitSeconds: number;
  constructor(waitSeconds: number) {
    super('That was more than is taken at once. Wait a little.');
    this.waitSeconds = waitSeconds;
  }
}
export class TooManyListeners extends DomainError {
  readonly code = 'TOO_MANY_LISTENERS';
  constructor() {
    super('Too many pages listen for events.');
  }
}
