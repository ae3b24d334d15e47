/** Why a screen is not shown because it cannot be recorded. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The viewer asked for a form of pixels that no recording holds, or what passes is not RFB. */
export class ScreenNotRecordable extends DomainError {
  readonly code = 'SCREEN_NOT_RECORDABLE';
}

/** Does something whose faults are why what passes cannot be recorded. @throws ScreenNotRecordable */
export function recordable<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof DomainError) || cause instanceof ScreenNotRecordable) throw cause;
    throw new ScreenNotRecordable('What passes cannot be recorded, so it is not shown.', { cause });
  }
}
