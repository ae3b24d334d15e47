/** One service case: its facts at the side, its pages beside them, and the cart's screen wherever one is. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { CaseDetail, SessionDetail } from '../api/desk.ts';
import { ResolveDialog } from '../dialog/resolve-dialog.tsx';
import { useShortcuts } from '../key/shortcuts.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import type { CaseTab } from '../route/case-tab.ts';
import { useSignedIn } from '../route/signed-in.tsx';
import { ScreenStage } from '../screen/screen-stage.tsx';
import { useSignatures } from '../session/use-signatures.ts';
import { WORDS } from '../words/words.ts';
import { CaseSide } from './case-side.tsx';
import { CertificatePage } from './certificate-page.tsx';
import { FilesPage } from './files-page.tsx';
import { NotesPage } from './notes-page.tsx';
import { RecordViewer } from '../record/record-viewer.tsx';
import { RecordsPage } from './records-page.tsx';
import { SessionPage } from './session-page.tsx';
import { TimelinePage } from './timeline-page.tsx';

interface CasePageProps {
  readonly caseId: string;
  readonly tab: CaseTab;
  /** The record that is looked at, in the place of the list. */
  readonly record: string | null;
}

export function CasePage({ caseId, tab, record }: CasePageProps): ReactNode {
  const serviceCase = useQuery(queries.case(caseId));
  const session = useQuery(queries.session(caseId));
  if (serviceCase.data === undefined) {
    return serviceCase.error === null ? (
      <p className="waiting">{WORDS.loading}</p>
    ) : (
      <div className="waiting">
        <Trouble fault={serviceCase.error} />
      </div>
    );
  }
  return (
    <OpenCase
      serviceCase={serviceCase.data}
      session={session.data}
      heardMs={session.dataUpdatedAt}
      tab={tab}
      record={record}
    />
  );
}

interface OpenCaseProps {
  readonly serviceCase: CaseDetail;
  readonly session: SessionDetail | undefined;
  readonly heardMs: number;
  readonly tab: CaseTab;
  /** The record that is looked at, in the place of the list. */
  readonly record: string | null;
}

function OpenCase(props: OpenCaseProps): ReactNode {
  const { serviceCase, session, heardMs, tab: asked } = props;
  const { me, workstation } = useSignedIn();
  const { id: caseId, state } = serviceCase;
  const signatures = useSignatures(workstation, me, serviceCase, session);
  const [isResolving, setIsResolving] = useState(false);
  const navigate = useNavigate();
  const go = (tab: CaseTab): void =>
    void navigate({ to: '/cases/$caseId/$tab', params: { caseId, tab } });
  useShortcuts({
    'g s': () => go('session'),
    'g f': () => go('files'),
    'g r': () => go('records'),
    'g n': () => go('notes'),
    'g t': () => go('timeline'),
  });
  // What a resolved case had is gone: its pages are the certificate and the timeline.
  const tab = state !== 'open' && asked !== 'timeline' ? 'certificate' : asked;
  const viewed = state === 'open' ? props.record : null;
  const isMine = session?.grant != null;
  const watched = session === undefined ? null : watchedSession(session);
  const isLive = isMine && isInSession(session);
  const resolve = (): void => setIsResolving(true);
  return (
    <div className={viewed === null ? 'case' : 'case case--viewing'}>
      {viewed === null && (
        <CaseSide serviceCase={serviceCase} session={session} tab={tab} onResolve={resolve} />
      )}
      <div className={isLive || watched !== null ? 'case__page case__page--live' : 'case__page'}>
        {isLive && (
          <ScreenStage
            caseId={caseId}
            session={session}
            heardMs={heardMs}
            isSmall={tab !== 'session'}
            how="hold"
            resumeTrouble={
              signatures.fault === null ? null : (
                <>
                  <Trouble fault={signatures.fault} title={WORDS.session.resumeFault} />
                  <Button onPress={signatures.tryAgain}>{WORDS.tryAgain}</Button>
                </>
              )
            }
            onExpand={() => go('session')}
          />
        )}
        {watched !== null && (
          <ScreenStage
            caseId={caseId}
            session={watched}
            heardMs={heardMs}
            isSmall={tab !== 'session'}
            how="watch"
            resumeTrouble={null}
            onExpand={() => go('session')}
          />
        )}
        {tab === 'session' && !isLive && watched === null && (
          <SessionPage serviceCase={serviceCase} session={session} signatures={signatures} />
        )}
        {tab === 'files' && <FilesPage serviceCase={serviceCase} session={session} />}
        {tab === 'records' && viewed === null && (
          <RecordsPage serviceCase={serviceCase} session={session} />
        )}
        {viewed !== null && <RecordViewer serviceCase={serviceCase} record={viewed} />}
        {tab === 'notes' && <NotesPage serviceCase={serviceCase} />}
        {tab === 'timeline' && <TimelinePage serviceCase={serviceCase} />}
        {tab === 'certificate' && <CertificatePage serviceCase={serviceCase} onGoOn={resolve} />}
      </div>
      {isResolving && (
        <ResolveDialog
          serviceCase={serviceCase}
          isInSession={isInSession(session)}
          onClose={() => setIsResolving(false)}
          onResolved={() => {
            setIsResolving(false);
            go('certificate');
          }}
        />
      )}
    </div>
  );
}

/** Somebody else's session as who was let in to watch has it: the screen alone. Null: nobody let them in. */
function watchedSession(session: SessionDetail): SessionDetail | null {
  const { watching } = session;
  if (watching?.state !== 'granted' || !watching.isMine) return null;
  return { ...session, grant: null, activities: ['view'] };
}

/** Also while the connection is lost: the session is not over before its lease is. */
function isInSession(session: SessionDetail | undefined): boolean {
  return session !== undefined && ['granted', 'open', 'interrupted'].includes(session.state);
}
