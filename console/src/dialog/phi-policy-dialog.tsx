/** The service centre's policy on patient data, sentence by sentence, and beside each what the product does. */
import { PHI_CONTROL_IDS, PHI_CONTROLS } from '@chaperone/domain/phi-policy/phi-control.ts';
import type { PHIControlId } from '@chaperone/domain/phi-policy/phi-control.ts';
import type { ReactNode } from 'react';
import type { About } from '../api/desk.ts';
import { PHI_WORDS } from '../words/phi.ts';
import { Dialog } from './dialog.tsx';

interface PHIPolicyDialogProps {
  readonly shown: About['phiPolicy'];
  readonly onClose: () => void;
}

export function PHIPolicyDialog({ shown, onClose }: PHIPolicyDialogProps): ReactNode {
  const { url, policy } = shown;
  return (
    <Dialog title={PHI_WORDS.title} isWide onClose={onClose}>
      <p>
        {PHI_WORDS.inFull}{' '}
        <a href={url} target="_blank" rel="noreferrer">
          {url}
        </a>
      </p>
      {policy === null ? (
        <>
          <p>{PHI_WORDS.onlyAddress}</p>
          <Facts ids={PHI_CONTROL_IDS} />
        </>
      ) : (
        <table className="phi">
          <thead>
            <tr>
              <th scope="col">{PHI_WORDS.sentence(policy.version)}</th>
              <th scope="col">{PHI_WORDS.does}</th>
            </tr>
          </thead>
          <tbody>
            {policy.sentences.map(({ text, controls }) => (
              <tr key={text.en}>
                <th scope="row">{text.en}</th>
                <td>
                  <Facts ids={controls} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}

function Facts({ ids }: { readonly ids: readonly PHIControlId[] }): ReactNode {
  return (
    <ul>
      {ids.map((id) => {
        const { does, risks, test } = PHI_CONTROLS[id];
        return (
          <li key={id}>
            {does.en} <span className="quiet">{PHI_WORDS.shownBy(risks.join(', '), test)}</span>
          </li>
        );
      })}
    </ul>
  );
}
