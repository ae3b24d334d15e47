/** Says how many sign-ins end when an account is disabled or a workstation retired, as the desk counts them now. */
import { PAGE_SIZE_MAX } from '@chaperone/protocol/console-api/administration.ts';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Account, Workstation } from '../api/administration.ts';
import { administrationQueries } from '../query/administration.ts';
import { SIGN_IN_WORDS, signInsEnd } from '../words/live.ts';

type SignInsEndProps =
  | { readonly account: Account; readonly workstation?: never }
  | { readonly workstation: Workstation; readonly account?: never };

export function SignInsEnd({ account, workstation }: SignInsEndProps): ReactNode {
  const signIns = useQuery(administrationQueries.signIns({ size: PAGE_SIZE_MAX }));
  const place = account === undefined ? SIGN_IN_WORDS.atWorkstation : SIGN_IN_WORDS.ofAccount;
  const { data } = signIns;
  // More than can be counted here, or not known: what is said is true all the same.
  if (data === undefined || data.total > data.items.length) return SIGN_IN_WORDS.all(place);
  const ending = data.items.filter((each) =>
    account === undefined ? each.workstation === workstation.id : each.account === account.id,
  );
  return signInsEnd(ending.length, place);
}
