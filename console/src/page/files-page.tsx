/** The cart's files on the left, what is under way on the right. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CaseDetail, SessionDetail } from '../api/desk.ts';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import { WORDS } from '../words/words.ts';
import { CartFiles } from './cart-files.tsx';
import { SendFiles } from './send-files.tsx';
import { TransferList } from './transfer-list.tsx';

interface FilesPageProps {
  readonly serviceCase: CaseDetail;
  readonly session: SessionDetail | undefined;
}

export function FilesPage({ serviceCase, session }: FilesPageProps): ReactNode {
  const words = WORDS.files;
  const grant = session?.grant ?? null;
  const isUsable = session?.state === 'granted' || session?.state === 'open';
  const canFetch = session?.activities.includes('fetch-files') === true;
  const canSend = session?.activities.includes('send-files') === true;
  const isHeldOff = session?.paused !== false || session.interlock !== null;
  const isAsked = grant !== null && isUsable && !isHeldOff && (canFetch || canSend);
  const directories = useQuery({
    ...queries.directories(serviceCase.id, grant ?? ''),
    enabled: isAsked,
  });
  return (
    <div className="page files">
      <header className="page-head">
        <h2>{words.title}</h2>
      </header>
      <div className="files__split">
        <section className="files__cart" aria-label={words.directories}>
          {grant === null && (
            <div className="empty">
              <p className="empty__title">{words.noSession}</p>
              <p>{words.noSessionLead}</p>
              <Link
                to="/cases/$caseId/$tab"
                params={{ caseId: serviceCase.id, tab: 'session' }}
                className="button button--plain"
              >
                {words.toSession}
              </Link>
            </div>
          )}
          {grant !== null && !canFetch && <p className="empty">{words.noFetch}</p>}
          <Trouble fault={isAsked ? directories.error : null} />
          {grant !== null && canFetch && directories.data !== undefined && (
            <CartFiles
              caseId={serviceCase.id}
              grant={grant}
              isUsable={isUsable && !isHeldOff}
              directories={directories.data.directories}
            />
          )}
        </section>
        <section className="files__moving" aria-label={words.transfers}>
          {canSend && (
            <SendFiles
              caseId={serviceCase.id}
              isUsable={isUsable}
              inbox={directories.data?.inbox ?? null}
            />
          )}
          {grant !== null && !canSend && <p className="hint">{words.noSend}</p>}
          <TransferList
            caseId={serviceCase.id}
            transfers={serviceCase.transfers}
            batches={serviceCase.batches}
          />
        </section>
      </div>
    </div>
  );
}
