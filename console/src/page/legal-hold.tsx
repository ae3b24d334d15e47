/** A lead proposes a legal hold on a case, or its end; another lead approves it. */
import { PAGE_SIZE_MAX } from '@chaperone/protocol/console-api/administration.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Lock, LockOpen, Users } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ProposeDialog } from '../administration/propose-dialog.tsx';
import type { CaseDetail } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { administrationQueries } from '../query/administration.ts';
import { PROPOSAL_WORDS } from '../words/proposals.ts';

const words = PROPOSAL_WORDS;

export function LegalHold({ serviceCase }: { readonly serviceCase: CaseDetail }): ReactNode {
  const { id, legalHold } = serviceCase;
  const proposals = useQuery(administrationQueries.proposals({ size: PAGE_SIZE_MAX }));
  const [isProposing, setIsProposing] = useState(false);
  const waiting = proposals.data?.items.find(
    ({ target, state }) => target === id && state === 'open',
  );
  if (waiting !== undefined) {
    return (
      <div className="note note--warning">
        <Users aria-hidden className="icon" />
        <span>
          <strong>{words.acts[waiting.act]}.</strong> {words.waits(waiting.proposedBy)}{' '}
          <Link to="/$page" params={{ page: 'two-person-acts' }}>
            {words.toProposals}
          </Link>
        </span>
      </div>
    );
  }
  return (
    <>
      <Button kind="quiet" icon={legalHold ? LockOpen : Lock} onPress={() => setIsProposing(true)}>
        {legalHold ? words.liftHold : words.setHold}
      </Button>
      {isProposing && (
        <ProposeDialog
          act={legalHold ? 'lift-legal-hold' : 'set-legal-hold'}
          target={id}
          title={legalHold ? words.liftHoldTitle : words.setHoldTitle}
          lead={legalHold ? words.liftHoldLead : words.setHoldLead}
          onClose={() => setIsProposing(false)}
        />
      )}
    </>
  );
}
