/** What can go wrong between the cart's screen and a technician's viewer. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Thrown when the configuration of a screen source makes no sense or is not allowed. */
export class InvalidScreenSource extends DomainError {
  readonly code = 'SCREEN_SOURCE_INVALID';
}

/** Thrown when the screen source cannot be started or reached. */
export class ScreenSourceUnreachable extends DomainError {
  readonly code = 'SCREEN_SOURCE_UNREACHABLE';
}

/** Thrown when the screen source went away in the middle. */
export class ScreenSourceLost extends DomainError {
  readonly code = 'SCREEN_SOURCE_LOST';
}

/** Thrown when a viewer does not read, or does not finish its handshake, for too long. */
export class ViewerStalled extends DomainError {
  readonly code = 'SCREEN_VIEWER_STALLED';
}

/** Thrown when a viewer cannot follow what the screen does, or asks for what cannot be done. */
export class ViewerNotCapable extends DomainError {
  readonly code = 'SCREEN_VIEWER_NOT_CAPABLE';
}

/** Says that what moves on the screen goes as stills, because there is no film. */
export class ScreenFilmUnavailable extends DomainError {
  readonly code = 'SCREEN_FILM_UNAVAILABLE';
}
