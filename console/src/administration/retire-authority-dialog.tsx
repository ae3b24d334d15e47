/** Proposes that no certificate of a chain is accepted any more. */
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { PROPOSAL_WORDS } from '../words/proposals.ts';
import { ProposeDialog } from './propose-dialog.tsx';

const words = PROPOSAL_WORDS;
type Chain = keyof typeof words.chains;
const CHAINS = Object.keys(words.chains) as readonly Chain[];

export function RetireAuthorityDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [chain, setChain] = useState<Chain>('cart');
  const id = useId();
  return (
    <ProposeDialog
      act="retire-authority"
      target={chain}
      title={words.retireAuthorityTitle}
      lead={words.retireAuthorityLead}
      onClose={onClose}
    >
      <div className="field">
        <label htmlFor={id}>{words.chain}</label>
        <select
          id={id}
          className="input"
          value={chain}
          onChange={({ target }) => setChain(CHAINS.find((each) => each === target.value) ?? chain)}
        >
          {CHAINS.map((each) => (
            <option key={each} value={each}>
              {words.chains[each]}
            </option>
          ))}
        </select>
      </div>
    </ProposeDialog>
  );
}
