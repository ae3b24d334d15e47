/** Proposes what takes two people. */
import { Users } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ProposedAct } from '@chaperone/protocol/console-api/administration.ts';
import { administration } from '../api/administration.ts';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import { announce } from '../part/announcement.tsx';
import { administrationChanged } from '../query/administration.ts';
import { PROPOSAL_WORDS } from '../words/proposals.ts';

interface ProposeDialogProps {
  readonly act: ProposedAct;
  readonly target: string;
  readonly title: string;
  /** What happens once another one approves. */
  readonly lead: string;
  readonly isReady?: boolean;
  readonly children?: ReactNode;
  readonly onClose: () => void;
}

export function ProposeDialog(props: ProposeDialogProps): ReactNode {
  const { act, target, title, lead, isReady = true, children, onClose } = props;
  return (
    <ReasonDialog
      title={title}
      lead={lead}
      act={PROPOSAL_WORDS.proposeAct}
      icon={Users}
      isReady={isReady}
      run={(reason) => administration.propose({ act, target, reason })}
      onDone={() => {
        administrationChanged();
        announce(PROPOSAL_WORDS.proposed);
        onClose();
      }}
      onClose={onClose}
    >
      {children}
    </ReasonDialog>
  );
}
