/** Why a profile that was tried is not in force, in words. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { LOGIN_FAILURES } from '@chaperone/domain/network/login-failure.ts';
import { isKeepable } from '@chaperone/domain/network/network-change.ts';
import type { ChangeFailure, NetworkChange } from '@chaperone/domain/network/network-change.ts';

type UndoneChange = Extract<NetworkChange, { readonly failure: ChangeFailure }>;

/** Thrown when a profile was tried and is not in force; the last good one is, or will be when the network is there. */
export class NetworkChangeUndone extends DomainError {
  readonly code = 'NETWORK_CHANGE_UNDONE';
  /** What was in the way last, or else why it was taken back: a code. */
  readonly trouble: string;
  constructor(change: UndoneChange) {
    const { failure, trouble } = change;
    super(`${sentenceOf(change)} The settings before are in force again.`);
    this.trouble = trouble ?? failure;
  }
}

const UNDONE: Readonly<Record<ChangeFailure, string>> = {
  TIMED_OUT: 'With these settings the gateway was not reached in time.',
  LOGIN_REFUSED:
    'The network refused the cart’s sign-in; it was not tried again, so that no account is locked.',
  NOT_APPLIED: 'NetworkManager did not take these settings.',
  NOT_KEPT: 'These settings worked, and could not be written down: is the disk full?',
  WITHDRAWN: 'The change was taken back.',
  RESTARTED: 'The cart was started anew while these settings were tried.',
};

const BEYOND_ROUTER =
  ' Link, address and router were there: where the way beyond is not open yet, --without-gateway keeps these settings.';
const LINK_TIMED_OUT =
  'With these settings there was no link, no address or no router that answers in time.';

function sentenceOf(change: UndoneChange): string {
  const { failure, trouble, proof } = change;
  const isLogin = failure === 'LOGIN_REFUSED' || failure === 'TIMED_OUT';
  const login = Object.entries(LOGIN_FAILURES).find(([code]) => isLogin && code === trouble);
  if (login !== undefined) return login[1];
  const seen = trouble === null ? '' : ` What was seen last: ${trouble}.`;
  const undone = failure === 'TIMED_OUT' && proof === 'link' ? LINK_TIMED_OUT : UNDONE[failure];
  const choice = isKeepable(change) ? BEYOND_ROUTER : '';
  return `${undone}${seen}${choice}`;
}
