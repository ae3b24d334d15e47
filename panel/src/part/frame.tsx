/**
 * What surrounds every page: who this system is, the language, warnings that hold everywhere, and at the bottom
 * what can be done. The bottom never scrolls away.
 */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { FlaskConical, MonitorCog, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useSpeech } from '../words/speech.tsx';
import { problemWords } from '../words/words.ts';
import { PHIPolicyButton, PHIPolicyText } from './phi-policy.tsx';
import { IndicatorNote } from './indicator-note.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { MaskNote } from './mask-note.tsx';

export interface FrameProps {
  /** `live`, `paused` and `interrupted` colour the whole edge of the window. */
  readonly tone: 'calm' | 'live' | 'paused' | 'interrupted' | 'alarm';
  readonly view: PanelView | null;
  readonly banner?: ReactNode;
  readonly problem?: string | null;
  readonly actions?: ReactNode;
  /** A thin line at the very bottom, for what is not part of the page's question. */
  readonly footer?: ReactNode;
  readonly children: ReactNode;
}

/** Shows a page in its frame. */
export function Frame({
  tone,
  view,
  banner,
  problem = null,
  actions,
  footer,
  children,
}: FrameProps): ReactNode {
  const { words } = useSpeech();
  const [showsPolicy, setShowsPolicy] = useState(false);
  return (
    <div className={`frame frame--${tone}`}>
      <header className="top">
        <MonitorCog className="top__mark" aria-hidden="true" />
        <div className="top__names">
          <span className="top__product">{words.product}</span>
          {view && (
            <span className="top__system">
              {view.cart.model} · {words.serial} {view.cart.serial}
            </span>
          )}
        </div>
        {view && (
          <PHIPolicyButton isShown={showsPolicy} onTurn={() => setShowsPolicy(!showsPolicy)} />
        )}
        <LanguageSwitch />
      </header>
      {view?.demo === true && (
        <p className="strip strip--demo">
          <FlaskConical className="icon" aria-hidden="true" /> {words.demo}
        </p>
      )}
      {view?.journalWritable === false && (
        <p className="strip strip--warning" role="alert">
          <TriangleAlert className="icon" aria-hidden="true" /> {words.journalFull}
        </p>
      )}
      {view !== null && view !== undefined && <IndicatorNote view={view} />}
      {view !== null && view !== undefined && <MaskNote view={view} />}
      {banner}
      <main className="page">{showsPolicy ? <PHIPolicyText /> : children}</main>
      <div className="problem" role="alert">
        {problem !== null && (
          <p className="strip strip--problem">
            <TriangleAlert className="icon" aria-hidden="true" /> {problemWords(words, problem)}
          </p>
        )}
      </div>
      {actions !== undefined && <footer className="actions">{actions}</footer>}
      {footer !== undefined && <footer className="footer-line">{footer}</footer>}
    </div>
  );
}
