/** What the operator has to know of the sign on the display: that there is none, or that it cannot be seen. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { EyeOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSpeech } from '../words/speech.tsx';

/** Shows it from the notice on: whoever decides about letting somebody in reads it before. */
export function IndicatorNote({ view }: { readonly view: PanelView }): ReactNode {
  const { words } = useSpeech();
  const { kind, reason, isSeen } = view.indicator;
  if (view.phase === 'idle' || view.phase === 'ended') return null;
  const isCovered = view.session !== null && !isSeen;
  if (!isCovered && (kind !== 'none' || reason === null)) return null;
  return (
    <p className="strip strip--warning" role={isCovered ? 'alert' : undefined}>
      <EyeOff className="icon" aria-hidden="true" />{' '}
      {isCovered || reason === null ? words.indicatorCovered : words.noIndicator(reason)}
    </p>
  );
}
