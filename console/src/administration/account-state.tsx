/** What an account is, in a word. */
import type { ReactNode } from 'react';
import type { Account } from '../api/administration.ts';
import { ACCOUNT_WORDS, ROLE_WORDS } from '../words/accounts.ts';

export function AccountState({ account: { state } }: { readonly account: Account }): ReactNode {
  const tone = state === 'active' ? 'good' : 'off';
  return <span className={`state state--${tone}`}>{ACCOUNT_WORDS.states[state]}</span>;
}

/** Null means that an administrator narrows nothing. */
export function rolesText({ roles }: Account): string {
  if (roles === null) return ACCOUNT_WORDS.anyRole;
  return roles.map((role) => ROLE_WORDS[role]).join(', ');
}

export function factorText({ factor }: Account): string {
  return factor === null ? ACCOUNT_WORDS.noFactor : ACCOUNT_WORDS.factors[factor];
}
