/** What the operator has to know of what is covered: nothing, everything, or that this screen is not recognised. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { EyeOff, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { maskWords } from '../words/mask-words.ts';
import { useSpeech } from '../words/speech.tsx';

/** Shows it from the notice on: whoever decides about letting somebody in reads it before. */
export function MaskNote({ view }: { readonly view: PanelView }): ReactNode {
  const { language } = useSpeech();
  const words = maskWords(language);
  const { rule, isRecognised, open } = view.masks;
  if (!view.isSetUp || view.phase === 'idle' || view.phase === 'ended') return null;
  if (rule === 'nothing') {
    // In the demo there is no patient, and a line above says so.
    if (view.demo) return null;
    return (
      <p className="strip strip--warning">
        <TriangleAlert className="icon" aria-hidden="true" /> {words.nothingCovered}
      </p>
    );
  }
  const isOpen = open.some(({ name }) => name === 'whole-screen');
  if (rule === 'unknown-model' && !isOpen) {
    return (
      <p className="strip strip--warning">
        <EyeOff className="icon" aria-hidden="true" /> {words.allCovered}
      </p>
    );
  }
  const isSeen = view.session?.screenOpen === true && !view.session.paused;
  if (rule !== 'template' || isRecognised || isOpen || !isSeen) return null;
  return (
    <p className="strip strip--demo">
      <EyeOff className="icon" aria-hidden="true" /> {words.notRecognised}
    </p>
  );
}
