/** Whether a token may be logged in to, and what a refused login means; said so that a person can put it right. */
import { CKF, CKR } from './cryptoki-constant.ts';

/**
 * Says why a token is not logged in to, or undefined when it is.
 *
 * The last try is not ours to use: a gateway that is started again and again with a wrong PIN would lock the token.
 */
export function loginObstacle(flags: number, section: string): string | undefined {
  if ((flags & CKF.CKF_TOKEN_INITIALIZED) === 0) return 'is not initialised';
  if ((flags & CKF.CKF_USER_PIN_LOCKED) !== 0)
    return 'has a locked PIN, after too many wrong ones; its security officer has to unlock it';
  if ((flags & CKF.CKF_USER_PIN_INITIALIZED) === 0) return 'has no user PIN yet';
  if ((flags & CKF.CKF_USER_PIN_FINAL_TRY) !== 0)
    return `has one try left for its PIN, which is kept for you: correct ${section}.pinFile, and log in once by hand`;
  return undefined;
}

/** Says what a login's return value means, or undefined when it is none of the PIN's. */
export function pinFault(returned: number, section: string): string | undefined {
  switch (returned) {
    case CKR.CKR_PIN_INCORRECT:
    case CKR.CKR_PIN_INVALID:
    case CKR.CKR_PIN_LEN_RANGE:
      return `does not accept the PIN in ${section}.pinFile; too many wrong ones lock it`;
    case CKR.CKR_PIN_LOCKED:
      return 'has a locked PIN, after too many wrong ones; its security officer has to unlock it';
    case CKR.CKR_PIN_EXPIRED:
      return 'says that its PIN has expired; set a new one';
    case CKR.CKR_USER_PIN_NOT_INITIALIZED:
      return 'has no user PIN yet';
    default:
      return undefined;
  }
}
