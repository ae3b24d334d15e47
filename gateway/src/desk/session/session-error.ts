/** Why the desk refuses something about a session. The cart refuses on its own account. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The signed request is not what this technician may send from this workstation for this case now. */
export class SessionRequestInvalid extends DomainError {
  readonly code = 'SESSION_REQUEST_INVALID';
}
/** It was signed for a connection of the cart that is over. Sign again with the new challenge. */
export class SessionRequestStale extends DomainError {
  readonly code = 'SESSION_REQUEST_STALE';
}
/** There is no granted session of this case, or it is interrupted. */
export class NoSession extends DomainError {
  readonly code = 'NO_SESSION';
}
/** Another technician, or the same one at another workstation, holds the session. */
export class SessionHeldByAnother extends DomainError {
  readonly code = 'SESSION_HELD_BY_ANOTHER';
}
/** The cart speaks an earlier version of the protocol: nobody else can be let in to watch. */
export class WatchingUnknown extends DomainError {
  readonly code = 'WATCHING_UNKNOWN';
}
/** The cart signed a grant that does not fit what was asked. */
export class GrantInvalid extends DomainError {
  readonly code = 'GRANT_INVALID';
}
