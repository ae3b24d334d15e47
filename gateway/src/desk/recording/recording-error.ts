/** Why a screen is not shown because it cannot be recorded. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The viewer asked for a form of pixels that no recording holds, or what passes is not RFB. */
export class ScreenNotRecordable extends DomainError {
  readonly code = 'SCREEN_NOT_RECORDABLE';
}
