/** For a designated technician while somebody else holds the session: asking the operator to watch it. */
import { useMutation } from '@tanstack/react-query';
import { Eye, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { CaseDetail, SessionDetail } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { useSignedIn } from '../route/signed-in.tsx';
import { WATCHING_WORDS as words } from '../words/watching.ts';
import { signSessionRequest } from '../workstation/session-request.ts';

interface WatchPartProps {
  readonly serviceCase: CaseDetail;
  readonly session: SessionDetail;
}

export function WatchPart({ serviceCase, session }: WatchPartProps): ReactNode {
  const { me, workstation } = useSignedIn();
  const { watching } = session;
  const { id } = serviceCase;
  const keep = (answer: SessionDetail): void => {
    queryClient.setQueryData(queries.session(id).queryKey, answer);
  };
  const ask = useMutation({
    mutationFn: async () =>
      await desk.watchSession(
        id,
        await signSessionRequest(workstation, me, serviceCase, session, ['view'], 'watch'),
      ),
    onSuccess: keep,
  });
  const leave = useMutation({ mutationFn: () => desk.leaveWatch(id), onSuccess: keep });
  if (watching === null) return null;
  if (watching.state === 'unknown') return <p className="note">{words.unknown}</p>;
  if (watching.name !== null) return <p className="note">{words.other(watching.name)}</p>;
  if (watching.state === 'asked') {
    return (
      <>
        <p className="waits" aria-live="polite">
          <span aria-hidden className="waits__dot" />
          {words.asking}
        </p>
        <p className="code" data-testid="comparison-code">
          {watching.comparisonCode}
        </p>
        <p className="hint">{words.codeLead}</p>
        <div className="form__acts form__acts--start">
          <Button icon={Undo2} isBusy={leave.isPending} onPress={() => leave.mutate()}>
            {words.withdraw}
          </Button>
        </div>
        <Trouble fault={leave.error} />
      </>
    );
  }
  const wasRefused = watching.state === 'refused';
  return (
    <>
      {wasRefused && (
        <p className="note note--warning" aria-live="polite">
          {words.refused}
        </p>
      )}
      <div className="form__acts form__acts--start">
        <Button
          kind="main"
          icon={Eye}
          isBusy={ask.isPending}
          isDisabled={watching.challenge === null}
          onPress={() => ask.mutate()}
        >
          {wasRefused ? words.again : words.ask}
        </Button>
        <span className="hint">{words.lead}</span>
      </div>
      <Trouble fault={ask.error} title={words.fault} />
    </>
  );
}
