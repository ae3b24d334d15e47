/** What takes two people: what waits for a second one, and what was decided. */
import {
  PAGE_SIZE_MAX,
  PROPOSED_ACTS,
  protectsOpen,
} from '@chaperone/protocol/console-api/administration.ts';
import { useQuery } from '@tanstack/react-query';
import { Check, ShieldOff, X } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { Proposal } from '../api/administration.ts';
import type { ListAddress } from '../list/list-page.tsx';
import { Pager } from '../list/pager.tsx';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { administrationQueries } from '../query/administration.ts';
import { useRoles } from '../route/signed-in.tsx';
import { ROLE_WORDS } from '../words/accounts.ts';
import { formatDateTime } from '../words/format.ts';
import { PROPOSAL_WORDS } from '../words/proposals.ts';
import { WORDS } from '../words/words.ts';
import { ApproveDialog, DeclineDialog } from './decide-dialog.tsx';
import { RetireAuthorityDialog } from './retire-authority-dialog.tsx';

const words = PROPOSAL_WORDS;

interface Decision {
  readonly kind: 'approve' | 'decline';
  readonly proposal: Proposal;
}

export function ProposalsPage({ search, onSearch }: ListAddress): ReactNode {
  // What is open is young: it is looked for among the newest.
  const newest = useQuery(administrationQueries.proposals({ size: PAGE_SIZE_MAX }));
  const shown = useQuery(administrationQueries.proposals({ page: search.page }));
  const [isRetiring, setIsRetiring] = useState(false);
  // Kept here, not in the row: a proposal that is approved leaves the open ones while its outcome is still read.
  const [decision, setDecision] = useState<Decision | null>(null);
  const isAdministrator = useRoles().includes('administrator');
  const open = newest.data?.items.filter(({ state }) => state === 'open') ?? [];
  const past = shown.data?.items.filter(({ state }) => state !== 'open') ?? [];
  const isLoading = newest.data === undefined && newest.error === null;
  return (
    <section className="page" aria-labelledby="proposals-title">
      <header className="page-head">
        <div>
          <h1 id="proposals-title">{words.title}</h1>
          <p className="hint">{words.lead}</p>
        </div>
        {isAdministrator && (
          <Button icon={ShieldOff} onPress={() => setIsRetiring(true)}>
            {words.retireAuthority}
          </Button>
        )}
      </header>
      <Trouble fault={newest.error ?? shown.error} />
      {isLoading && <p className="waiting">{WORDS.loading}</p>}
      {newest.data !== undefined && (
        <section className="proposals" aria-labelledby="proposals-open">
          <h2 id="proposals-open">{words.open}</h2>
          {open.length === 0 && <p className="quiet">{words.noneOpen}</p>}
          <ul>
            {open.map((proposal) => (
              <OpenProposal key={proposal.id} proposal={proposal} onDecide={setDecision} />
            ))}
          </ul>
        </section>
      )}
      {shown.data !== undefined && (
        <section className="proposals" aria-labelledby="proposals-past">
          <header className="page-head">
            <h2 id="proposals-past">{words.past}</h2>
            {shown.data.total > shown.data.size && (
              <Pager
                page={shown.data.page}
                size={shown.data.size}
                total={shown.data.total}
                onPage={(page) => onSearch({ page })}
              />
            )}
          </header>
          {past.length === 0 ? <p className="quiet">{words.nonePast}</p> : <Past past={past} />}
        </section>
      )}
      {decision?.kind === 'approve' && (
        <ApproveDialog proposal={decision.proposal} onClose={() => setDecision(null)} />
      )}
      {decision?.kind === 'decline' && (
        <DeclineDialog proposal={decision.proposal} onClose={() => setDecision(null)} />
      )}
      {isRetiring && <RetireAuthorityDialog onClose={() => setIsRetiring(false)} />}
    </section>
  );
}

interface OpenProposalProps {
  readonly proposal: Proposal;
  readonly onDecide: (decision: Decision) => void;
}

function OpenProposal({ proposal, onDecide }: OpenProposalProps): ReactNode {
  const id = useId();
  const { act, targetName, reason, proposedBy, isMineToApprove } = proposal;
  const role = PROPOSED_ACTS[act];
  // Of one's own role, and yet not to be approved: it is one's own.
  const isOwn = useRoles().includes(role) && !isMineToApprove;
  const isMineToDecline = isOwn || (isMineToApprove && !protectsOpen(act));
  return (
    <li className="proposal" aria-labelledby={`${id}-what`}>
      <div className="proposal__what">
        <h3 id={`${id}-what`}>
          {words.acts[act]}: <span className="break">{targetName}</span>
        </h3>
        <p className="proposal__reason break">{reason ?? words.reasonDestroyed}</p>
        <p className="hint">
          {words.proposedBy(proposedBy, formatDateTime(proposal.proposedUtcMs))} ·{' '}
          {words.expires(formatDateTime(proposal.expiresUtcMs))}
        </p>
        {isMineToApprove && !isMineToDecline && <p className="hint">{words.protects}</p>}
        {!isMineToApprove && (
          <p className="hint">{isOwn ? words.another : words.ofRole(ROLE_WORDS[role])}</p>
        )}
      </div>
      <div className="proposal__acts">
        {isMineToDecline && (
          <Button icon={X} onPress={() => onDecide({ kind: 'decline', proposal })}>
            {isOwn ? words.withdraw : words.decline}
          </Button>
        )}
        {isMineToApprove && (
          <Button kind="main" icon={Check} onPress={() => onDecide({ kind: 'approve', proposal })}>
            {words.approve}
          </Button>
        )}
      </div>
    </li>
  );
}

const TONES = {
  open: 'warning',
  approved: 'warning',
  done: 'good',
  declined: 'off',
  expired: 'off',
  failed: 'bad',
} as const satisfies Record<Proposal['state'], string>;

function Past({ past }: { readonly past: readonly Proposal[] }): ReactNode {
  const { columns } = words;
  return (
    <div className="table-place table-place--flat">
      <table className="table table--list" aria-label={words.past}>
        <colgroup>
          <col width={166} />
          <col width={176} />
          <col width={96} />
          <col />
          <col width={146} />
          <col width={146} />
          <col width={160} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{columns.act}</th>
            <th scope="col">{columns.target}</th>
            <th scope="col">{columns.state}</th>
            <th scope="col">{columns.reason}</th>
            <th scope="col">{columns.by}</th>
            <th scope="col">{columns.decidedBy}</th>
            <th scope="col">{columns.decided}</th>
          </tr>
        </thead>
        <tbody>
          {past.map((each) => (
            <tr key={each.id}>
              <td>{words.acts[each.act]}</td>
              <td className="strong">{each.targetName}</td>
              <td>
                <span className={`state state--${TONES[each.state]}`}>
                  {words.states[each.state]}
                </span>
              </td>
              <td className="quiet" title={each.reason ?? words.reasonDestroyed}>
                {each.reason ?? words.reasonDestroyed}
              </td>
              <td>{each.proposedBy}</td>
              <td>{each.decidedBy ?? <span className="quiet">–</span>}</td>
              <td className="quiet">
                {each.decidedUtcMs === null ? '–' : formatDateTime(each.decidedUtcMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
