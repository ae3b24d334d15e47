/** The text for the hospital's firewall team: of what is set now, before there is a report, too. */
import { Copy, Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { useSpeech } from '../words/speech.tsx';
import { FormProblem } from './field.tsx';
import type { StepProps } from './step.ts';
import { useStepAct } from './step-act.ts';

/** Offers the text in the language in use; open, it is shown whole, to be copied or saved. */
export function FirewallText({ state, acts }: Pick<StepProps, 'state' | 'acts'>): ReactNode {
  const words = useEngineerWords().acceptance;
  const { language } = useSpeech();
  const [text, setText] = useState<string | null>(null);
  const [isCopied, setCopied] = useState(false);
  const { start, problem } = useStepAct();
  const place = useRef<HTMLDivElement>(null);
  // What it is about, and the language: with another of them an open text is another one.
  const { gateway, proxy, validation, report } = state;
  const about = JSON.stringify([
    [language, gateway, proxy],
    [validation?.startedUtcMs, validation?.running, report?.id, report?.isOutOfDate],
  ]);
  const isOpen = text !== null;
  useEffect(() => {
    if (!isOpen) return;
    setCopied(false);
    start(async () => setText(await acts.firewall(language)));
    // The acts are made anew with each state.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [about, isOpen]);
  useEffect(() => {
    if (isOpen) place.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  return (
    <div className="firewall" ref={place}>
      <div className="form__small">
        <Button
          tone="plain"
          size="small"
          expanded={isOpen}
          onPress={() =>
            isOpen ? setText(null) : start(async () => setText(await acts.firewall(language)))
          }
        >
          {words.firewall}
        </Button>
        {isOpen && (
          <Button
            tone="plain"
            size="small"
            icon={Copy}
            onPress={() =>
              start(
                () => navigator.clipboard.writeText(text),
                () => setCopied(true),
              )
            }
          >
            {isCopied ? words.copied : words.copy}
          </Button>
        )}
        {isOpen && (
          <Button
            tone="plain"
            size="small"
            icon={Download}
            onPress={() => saveFile(`firewall-${state.cart.serial}.txt`, 'text/plain', text)}
          >
            {words.saveText}
          </Button>
        )}
      </div>
      <FormProblem problem={problem} />
      {isOpen && (
        <textarea
          className="firewall__text"
          aria-label={words.firewall}
          readOnly
          rows={text.split('\n').length + 1}
          value={text}
        />
      )}
    </div>
  );
}

/** Gives the browser a file to save. */
export function saveFile(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
