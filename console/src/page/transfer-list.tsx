/** Files on their way, the newest first. */
import { isSettled } from '@chaperone/domain/transfer/transfer.ts';
import type { Transfer } from '@chaperone/protocol/console-api/schema.ts';
import { useMutation } from '@tanstack/react-query';
import { ArrowDownToLine, ArrowUpFromLine } from 'lucide-react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Progress } from '../part/progress.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { formatBytes } from '../words/format.ts';
import { codeWords } from '../words/problem.ts';
import { WORDS } from '../words/words.ts';

interface TransferListProps {
  readonly caseId: string;
  readonly transfers: readonly Transfer[];
}

export function TransferList({ caseId, transfers }: TransferListProps): ReactNode {
  const words = WORDS.files;
  return (
    <div className="transfer-place">
      <h3>{words.transfers}</h3>
      {transfers.length === 0 && <p className="quiet">{words.noTransfers}</p>}
      <ul className="transfers">
        {transfers.toReversed().map((transfer) => (
          <TransferRow key={transfer.id} caseId={caseId} transfer={transfer} />
        ))}
      </ul>
    </div>
  );
}

interface TransferRowProps {
  readonly caseId: string;
  readonly transfer: Transfer;
}

function TransferRow({ caseId, transfer }: TransferRowProps): ReactNode {
  const { id, name, direction, state, failure, bytes, bytesTotal } = transfer;
  const words = WORDS.files;
  const cancel = useMutation({
    mutationFn: () => desk.cancel(caseId, id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey }),
  });
  const Icon = direction === 'from-cart' ? ArrowDownToLine : ArrowUpFromLine;
  return (
    <li className={`transfer transfer--${state}`}>
      <span className="transfer__name" title={name}>
        <Icon
          aria-label={direction === 'from-cart' ? words.fromCart : words.toCart}
          className="icon"
        />
        <span>{name}</span>
      </span>
      <span className="transfer__state">
        {WORDS.transferStates[state]}
        {isSettled(state) && state === 'done' && ` · ${formatBytes(bytesTotal)}`}
      </span>
      {!isSettled(state) && (
        <>
          <Progress bytes={bytes} bytesTotal={bytesTotal} label={name} />
          <Button
            label={words.cancelNamed(name)}
            isBusy={cancel.isPending}
            onPress={() => cancel.mutate()}
          >
            {words.cancel}
          </Button>
        </>
      )}
      {failure !== null && <p className="transfer__failure">{codeWords(failure)}</p>}
      <Trouble fault={cancel.error} />
    </li>
  );
}
