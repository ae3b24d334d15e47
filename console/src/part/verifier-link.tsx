/** The way to the page that checks evidence without asking anybody: a file to keep, which connects nowhere. */
import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { LEDGER_WORDS } from '../words/ledger.ts';

const ADDRESS = '/chaperone-verify.html';

export function VerifierLink(): ReactNode {
  return (
    <a className="button button--plain" href={ADDRESS} download title={LEDGER_WORDS.verifierHint}>
      <ShieldCheck aria-hidden className="icon" />
      {LEDGER_WORDS.verifier}
    </a>
  );
}
