/** Why a profile that was tried is not in force, in words. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { LOGIN_FAILURES } from '@chaperone/domain/network/login-failure.ts';
import { BY_OTHER_INTERFACE, isKeepable } from '@chaperone/domain/network/network-change.ts';
import type { ChangeFailure, NetworkChange } from '@chaperone/domain/network/network-change.ts';

type UndoneChange = Extract<NetworkChange, { readonly failure: ChangeFailure }>;

/** How the settings that were in force before are: `coming` while they are not taken back yet, `none`: there were none. */
export type SettingsBefore = 'up' | 'down' | 'coming' | 'none';

const BEFORE: Readonly<Record<SettingsBefore, string>> = {
  up: 'The settings before are in force again.',
  down: 'The settings before are the ones again, and have not come up yet: they do by themselves when their network is there.',
  coming:
    'The settings before are not taken back yet: that happens at the latest when the cart starts again.',
  none: 'There were no settings before: the interface has none.',
};

/** Thrown when a profile was tried and is not in force; the last good one is, or will be when the network is there. */
export class NetworkChangeUndone extends DomainError {
  readonly code = 'NETWORK_CHANGE_UNDONE';
  /** What was in the way last, or else why it was taken back: a code. */
  readonly trouble: string;
  constructor(change: UndoneChange, before: SettingsBefore) {
    const { failure, trouble } = change;
    super(`${sentenceOf(change)} ${BEFORE[before]}`);
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

const NOT_PROVEN =
  'The gateway is reached over another interface, so that nothing is proven of this one. Unplug the other one and try again, or keep these settings with --without-gateway.';
const BEYOND_ROUTER =
  ' Link, address and router were there: where the way beyond is not open yet, --without-gateway keeps these settings.';
const LINK_TIMED_OUT =
  'With these settings there was no link, no address or no router that answers in time.';

function sentenceOf(change: UndoneChange): string {
  const { failure, trouble, proof } = change;
  const isLogin = failure === 'LOGIN_REFUSED' || failure === 'TIMED_OUT';
  const login = Object.entries(LOGIN_FAILURES).find(([code]) => isLogin && code === trouble);
  if (login !== undefined) return login[1];
  if (trouble === BY_OTHER_INTERFACE) return NOT_PROVEN;
  const seen = trouble === null ? '' : ` What was seen last: ${trouble}.`;
  const undone = failure === 'TIMED_OUT' && proof === 'link' ? LINK_TIMED_OUT : UNDONE[failure];
  const choice = isKeepable(change) ? BEYOND_ROUTER : '';
  return `${undone}${seen}${choice}`;
}
