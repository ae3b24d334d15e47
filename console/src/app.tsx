/**
 * Lets a technician through the gates in their order: licensed workstation, signed in, then the pages. Whoever is signed
 * out meets the gate where they stand: the address stays, and so does the place.
 */
import { useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { LicencePage } from './page/licence-page.tsx';
import { SignInPage } from './page/sign-in-page.tsx';
import { Trouble } from './part/trouble.tsx';
import { LiveProvider } from './query/live.tsx';
import { queries } from './query/queries.ts';
import { router } from './route/router.tsx';
import { SignedInProvider } from './route/signed-in.tsx';
import { WORDS } from './words/words.ts';

interface AppProps {
  /** Taken out of the address. */
  readonly licenceCode: string | null;
  /** With which the page of a provider sent the browser back. */
  readonly providerAnswer: string | null;
}

export function App({ licenceCode, providerAnswer }: AppProps): ReactNode {
  const [code, setCode] = useState(licenceCode);
  const [isLicensing, setIsLicensing] = useState(licenceCode !== null);
  const workstation = useQuery(queries.workstation());
  const me = useQuery(queries.me());
  const about = useQuery(queries.about());

  if (workstation.data === undefined || about.data === undefined) {
    const fault = workstation.error ?? about.error;
    if (fault === null) return <Waiting />;
    return (
      <div className="gate">
        <Trouble fault={fault} />
      </div>
    );
  }
  const kept = workstation.data;
  // Elsewhere the browser shows a certificate, and a code that came with the address is nobody's here.
  const isTyped = about.data.demoParts.includes('workstation-certificate');
  if (kept === null || (isLicensing && isTyped)) {
    return (
      <LicencePage
        code={code ?? ''}
        held={kept}
        onDone={() => {
          setCode(null);
          setIsLicensing(false);
        }}
      />
    );
  }
  if (me.error !== null && me.data === undefined) {
    return (
      <div className="gate">
        <Trouble fault={me.error} />
      </div>
    );
  }
  if (me.data === undefined) return <Waiting />;
  // Signed in before this browser was licensed anew: requests would name another workstation.
  if (me.data === null || me.data.workstation !== kept.id) {
    return (
      <SignInPage
        workstation={kept.id}
        providerAnswer={providerAnswer}
        onLicense={() => setIsLicensing(true)}
      />
    );
  }
  return (
    <SignedInProvider me={me.data} workstation={kept}>
      <LiveProvider>
        <RouterProvider router={router} />
      </LiveProvider>
    </SignedInProvider>
  );
}

function Waiting(): ReactNode {
  return <p className="waiting">{WORDS.loading}</p>;
}
