/** The way to the engineer page: small, since it is not the operator's. */
import { Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import { usePress } from '../act/press.ts';
import { useSpeech } from '../words/speech.tsx';

/** Shows the entry. */
export function ServiceEntry({ onService }: { readonly onService: () => void }): ReactNode {
  const { words } = useSpeech();
  const press = usePress(onService);
  return (
    <button type="button" className="service" {...press}>
      <Wrench className="icon" aria-hidden="true" /> {words.service}
    </button>
  );
}
