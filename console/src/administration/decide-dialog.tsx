/** The second person decides: says what happens then, and shows what comes of it. */
import { useMutation } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { Proposal } from '../api/administration.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { OnceShown } from '../part/once-shown.tsx';
import { Trouble } from '../part/trouble.tsx';
import { administrationChanged } from '../query/administration.ts';
import { queryClient } from '../query/queries.ts';
import { PROPOSAL_WORDS } from '../words/proposals.ts';
import { WORDS } from '../words/words.ts';

const words = PROPOSAL_WORDS;

interface DecideProps {
  readonly proposal: Proposal;
  readonly onClose: () => void;
}

export function ApproveDialog({ proposal, onClose }: DecideProps): ReactNode {
  const { id, act, targetName, reason, proposedBy } = proposal;
  const done = (): void => {
    // Only now: what waits in the list is also where the secret is shown.
    administrationChanged();
    void queryClient.invalidateQueries({ queryKey: ['case'] });
    onClose();
  };
  const approve = useMutation({
    mutationFn: () => administration.approve(id),
    onSuccess: (made) => {
      if (made.firstPassword !== null) return;
      announce(made.proposal.state === 'failed' ? words.failed : words.approved);
      done();
    },
    // What is shown once is not kept once the dialog is closed.
    gcTime: 0,
  });
  const firstPassword = approve.data?.firstPassword;
  if (firstPassword != null) {
    return (
      <Dialog key="made" isHeld title={words.firstPassword} onClose={done}>
        <OnceShown
          label={words.firstPassword}
          lead={words.firstPasswordLead(targetName)}
          secret={firstPassword}
          onDone={done}
        />
      </Dialog>
    );
  }
  return (
    <Dialog key="asked" title={words.approveTitle} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          approve.mutate();
        }}
      >
        <p className="strong break">
          {words.acts[act]}: {targetName}
        </p>
        <p className={words.isDanger[act] ? 'note note--warning' : 'note'}>{words.effects[act]}</p>
        <dl className="facts">
          <div>
            <dt>{words.columns.by}</dt>
            <dd>{proposedBy}</dd>
          </div>
          <div>
            <dt>{words.columns.reason}</dt>
            <dd>{reason ?? words.reasonDestroyed}</dd>
          </div>
        </dl>
        <Trouble fault={approve.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind={words.isDanger[act] ? 'danger' : 'main'}
            type="submit"
            icon={Check}
            isBusy={approve.isPending}
          >
            {words.approveAct}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function DeclineDialog({ proposal, onClose }: DecideProps): ReactNode {
  return (
    <ReasonDialog
      title={words.declineTitle}
      lead={words.declineLead}
      act={words.declineAct}
      icon={X}
      run={(reason) => administration.decline(proposal.id, reason)}
      onDone={() => {
        administrationChanged();
        announce(words.declined);
        onClose();
      }}
      onClose={onClose}
    />
  );
}
