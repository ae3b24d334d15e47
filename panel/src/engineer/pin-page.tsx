/** The way to the engineer page: a PIN. */
import { DoorClosed, Wrench } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { PinPad } from '../part/pin-pad.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { FormProblem } from './field.tsx';
import { useStepAct } from './step-act.ts';

interface PinPageProps {
  readonly view: PanelView;
  readonly open: (pin: string) => Promise<void>;
  readonly onLeave: () => void;
}

/** Asks for the PIN. */
export function PinPage({ view, open, onLeave }: PinPageProps): ReactNode {
  const words = useEngineerWords();
  const [isShort, setShort] = useState(false);
  const { start, isBusy, problem } = useStepAct();
  return (
    <Frame
      tone="calm"
      view={view}
      footer={
        <div className="engineer__close">
          <Button tone="plain" size="small" icon={DoorClosed} onPress={onLeave}>
            {words.close}
          </Button>
        </div>
      }
    >
      <div className="pin">
        <div className="pin__words">
          <Wrench className="pin__icon" aria-hidden="true" />
          <Heading>{words.pin.title}</Heading>
          <p className="lead">{words.pin.statement}</p>
          <p className="field__hint">{words.pin.length}</p>
          <FormProblem problem={isShort ? words.pin.tooShort : problem} />
        </div>
        <PinPad
          words={{
            remove: words.pin.remove,
            send: words.pin.open,
            busy: words.moment,
            typed: words.pin.typed,
          }}
          isBusy={isBusy}
          onTyping={() => setShort(false)}
          onShort={() => setShort(true)}
          onSend={(pin) => start(() => open(pin))}
        />
      </div>
    </Frame>
  );
}
