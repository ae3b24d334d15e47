/** How much the cart's line has carried: quiet, for lines that are paid for by the byte. */
import { useQuery } from '@tanstack/react-query';
import { ArrowDownUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { queries } from '../query/queries.ts';
import { formatBytes } from '../words/format.ts';
import { WORDS } from '../words/words.ts';

/** Nothing else tells of bytes; reading a session counts as no use of the sign-in. */
const LOOK_EVERY_MS = 10_000;

export function Carried({ caseId }: { readonly caseId: string }): ReactNode {
  const { data } = useQuery({ ...queries.session(caseId), refetchInterval: LOOK_EVERY_MS });
  const carried = data?.carried ?? null;
  if (carried === null) return null;
  const { sessionBytes, monthBytes } = carried;
  return (
    <span
      className="bar__note bar__note--carried"
      title={WORDS.session.carriedHint(formatBytes(sessionBytes), formatBytes(monthBytes))}
    >
      <ArrowDownUp aria-hidden className="icon icon--small" />
      {formatBytes(sessionBytes)}
    </span>
  );
}
