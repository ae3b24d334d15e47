/** Files on their way, the newest first. */
import { isSettled } from '@chaperone/domain/transfer/transfer.ts';
import type {
  Transfer,
  TransferAct,
  TransferBatch,
} from '@chaperone/protocol/console-api/schema.ts';
import { useMutation } from '@tanstack/react-query';
import { ArrowDownToLine, ArrowUpFromLine } from 'lucide-react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Progress } from '../part/progress.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { formatBytes } from '../words/format.ts';
import { codeWords } from '../words/problem-sentences.ts';
import { WORDS } from '../words/words.ts';

interface TransferListProps {
  readonly caseId: string;
  readonly transfers: readonly Transfer[];
  readonly batches: readonly TransferBatch[];
}

export function TransferList({ caseId, transfers, batches }: TransferListProps): ReactNode {
  const words = WORDS.files;
  return (
    <div className="transfer-place">
      <h3>{words.transfers}</h3>
      {transfers.length === 0 && <p className="quiet">{words.noTransfers}</p>}
      <ul className="transfers">
        {batches.toReversed().map((batch) => (
          <BatchRow key={batch.batch} caseId={caseId} batch={batch} />
        ))}
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
  const act = useAct(caseId, { transfer: id });
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
          <Progress
            bytes={bytes}
            bytesTotal={bytesTotal}
            label={name}
            isMoving={state === 'moving'}
          />
          {state !== 'verifying' && (
            <Button
              label={state === 'paused' ? words.resumeNamed(name) : words.pauseNamed(name)}
              isBusy={act.isPending && act.variables !== 'cancel'}
              isDisabled={act.isPending && act.variables === 'cancel'}
              onPress={() => act.mutate(state === 'paused' ? 'resume' : 'pause')}
            >
              {state === 'paused' ? words.resume : words.pause}
            </Button>
          )}
          <Button
            label={words.cancelNamed(name)}
            isBusy={act.isPending && act.variables === 'cancel'}
            isDisabled={act.isPending && act.variables !== 'cancel'}
            onPress={() => act.mutate('cancel')}
          >
            {words.cancel}
          </Button>
        </>
      )}
      {failure !== null && <p className="transfer__failure">{codeWords(failure)}</p>}
      <Trouble fault={act.error} />
    </li>
  );
}

function useAct(caseId: string, on: { transfer: string } | { batch: string }) {
  return useMutation({
    mutationFn: (act: TransferAct) => desk.act(caseId, act, on),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.case(caseId).queryKey }),
  });
}

interface BatchRowProps {
  readonly caseId: string;
  readonly batch: TransferBatch;
}

/** All files of a folder together: with thousands of rows nobody sees how far it is. */
function BatchRow({ caseId, batch }: BatchRowProps): ReactNode {
  const { name, files, done, failed, cancelled, paused, bytes, bytesTotal } = batch;
  const words = WORDS.files;
  const act = useAct(caseId, { batch: batch.batch });
  const open = files - done - failed - cancelled;
  const label = words.batch(name, files);
  const isHeld = open > 0 && paused === open;
  return (
    <li className="transfer">
      <span className="transfer__name" title={label}>
        <span>{label}</span>
      </span>
      <span className="transfer__state">
        {words.batchDone(done, files)}
        {failed > 0 && words.batchFailed(failed)}
      </span>
      {open > 0 && (
        <>
          <Progress bytes={bytes} bytesTotal={bytesTotal} label={label} isMoving={!isHeld} />
          <Button
            label={isHeld ? words.resumeNamed(label) : words.pauseNamed(label)}
            isBusy={act.isPending && act.variables !== 'cancel'}
            isDisabled={act.isPending && act.variables === 'cancel'}
            onPress={() => act.mutate(isHeld ? 'resume' : 'pause')}
          >
            {isHeld ? words.resume : words.pause}
          </Button>
          <Button
            label={words.cancelNamed(label)}
            isBusy={act.isPending && act.variables === 'cancel'}
            isDisabled={act.isPending && act.variables !== 'cancel'}
            onPress={() => act.mutate('cancel')}
          >
            {words.cancel}
          </Button>
        </>
      )}
      <Trouble fault={act.error} />
    </li>
  );
}
