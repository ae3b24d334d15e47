/** The button that tries a profile, and what happens when it does not work. */
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';

/** Says what happens before it does. */
export function ApplyButton(props: {
  readonly isBusy: boolean;
  readonly isTyped: boolean;
  readonly onPress: () => void;
}): ReactNode {
  const words = useEngineerWords();
  return (
    <>
      <p className="field__hint">{words.network.wayBack}</p>
      <div className={props.isTyped ? 'form__actions form__actions--held' : 'form__actions'}>
        <Button
          tone={props.isTyped ? 'go' : 'plain'}
          busy={props.isBusy}
          busyWords={words.network.trying}
          onPress={props.onPress}
        >
          {words.network.apply}
        </Button>
      </div>
    </>
  );
}
