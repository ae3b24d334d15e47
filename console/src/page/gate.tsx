/** What surrounds the pages before the gates. */
import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { DemoBanner } from '../part/frame.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import { WORDS } from '../words/words.ts';

interface GateProps {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}

export function Gate({ title, lead, children }: GateProps): ReactNode {
  const about = useQuery(queries.about());
  return (
    <div className="frame">
      <DemoBanner />
      <main className="gate">
        <div className="gate__card">
          <p className="gate__brand">
            <ShieldCheck aria-hidden className="gate__mark" />
            <span>
              {WORDS.console}
              <span className="gate__centre">
                {about.data?.serviceCentre.name ?? WORDS.product}
              </span>
            </span>
          </p>
          <h1>{title}</h1>
          <p className="gate__lead">{lead}</p>
          <Trouble fault={about.error} />
          {children}
        </div>
      </main>
    </div>
  );
}
