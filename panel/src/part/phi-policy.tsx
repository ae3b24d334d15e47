/**
 * The service centre's policy on patient data, one touch away on every page: it takes the place of the page's middle, never of its
 * buttons at the bottom. It comes from the agent, so it is there before anything is connected.
 */
import { PHI_CONTROL_IDS, PHI_CONTROLS } from '@chaperone/domain/phi-policy/phi-control.ts';
import { sentenceIn } from '@chaperone/domain/phi-policy/phi-policy.ts';
import type { ShownPHIPolicy } from '@chaperone/protocol/phi-policy/phi-policy-document.ts';
import { FileText, X } from 'lucide-react';
import { createContext, use, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { phiWords } from '../words/phi-words.ts';
import { useSpeech } from '../words/speech.tsx';
import { Button } from './button.tsx';
import { Heading } from './heading.tsx';

const TRY_AGAIN_MS = 3000;
const PolicyContext = createContext<ShownPHIPolicy | null>(null);

/** Fetches the policy once, and tries again while the agent does not answer. */
export function PHIPolicyProvider(props: {
  readonly load: () => Promise<ShownPHIPolicy>;
  readonly children: ReactNode;
}): ReactNode {
  const { load, children } = props;
  const [policy, setPolicy] = useState<ShownPHIPolicy | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    const fetchIt = (): void => {
      load().then(
        (loaded) => {
          if (!isGone) setPolicy(loaded);
        },
        () => {
          if (!isGone) timer = setTimeout(fetchIt, TRY_AGAIN_MS);
        },
      );
    };
    fetchIt();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [load]);
  return <PolicyContext value={policy}>{children}</PolicyContext>;
}

/** The button that shows and hides it; nothing until the policy is there. */
export function PHIPolicyButton(props: {
  readonly isShown: boolean;
  readonly onTurn: () => void;
}): ReactNode {
  const { language } = useSpeech();
  const words = phiWords(language);
  if (use(PolicyContext) === null) return null;
  return (
    <Button
      tone="plain"
      size="small"
      icon={props.isShown ? X : FileText}
      expanded={props.isShown}
      onPress={props.onTurn}
    >
      {props.isShown ? words.hide : words.show}
    </Button>
  );
}

/** The policy, sentence by sentence, with what the product does beside each. */
export function PHIPolicyText(): ReactNode {
  const { language } = useSpeech();
  const words = phiWords(language);
  const shown = use(PolicyContext);
  if (shown === null) return null;
  const { url, policy } = shown;
  return (
    <div className="phi">
      <Heading>{words.title}</Heading>
      <p className="phi__address">
        {words.inFull} <span>{url}</span>
      </p>
      {policy === null ? (
        <>
          <p className="lead">{words.onlyAddress}</p>
          <Facts ids={PHI_CONTROL_IDS} />
        </>
      ) : (
        <ol className="phi__sentences">
          {policy.sentences.map((sentence) => (
            <li key={sentence.text.en}>
              <p className="phi__sentence">{sentenceIn(language, sentence)}</p>
              <div className="phi__does">
                <p className="phi__label">{words.does}</p>
                <Facts ids={sentence.controls} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Facts({ ids }: { readonly ids: readonly (keyof typeof PHI_CONTROLS)[] }): ReactNode {
  const { language } = useSpeech();
  const words = phiWords(language);
  return (
    <ul>
      {ids.map((id) => (
        <li key={id}>
          {PHI_CONTROLS[id].does[language]}{' '}
          <span className="phi__proof">{words.proof(PHI_CONTROLS[id].risks.join(', '))}</span>
        </li>
      ))}
    </ul>
  );
}
