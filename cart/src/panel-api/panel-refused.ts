/** Why a request to the panel's interface is refused before it is read: it may not come from the operator's panel. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class PanelHostRefused extends DomainError {
  readonly code = 'PANEL_HOST_REFUSED';
}
export class PanelOriginRefused extends DomainError {
  readonly code = 'PANEL_ORIGIN_REFUSED';
}
export class PanelCredentialRefused extends DomainError {
  readonly code = 'PANEL_CREDENTIAL_REFUSED';
}
export class PanelBusy extends DomainError {
  readonly code = 'PANEL_BUSY';
}
export class PanelNotBuilt extends DomainError {
  readonly code = 'PANEL_NOT_BUILT';
}
export class RouteNotFound extends DomainError {
  readonly code = 'ROUTE_NOT_FOUND';
}
export class RequestTooLarge extends DomainError {
  readonly code = 'REQUEST_TOO_LARGE';
}
export class MediaTypeUnsupported extends DomainError {
  readonly code = 'MEDIA_TYPE_UNSUPPORTED';
}
