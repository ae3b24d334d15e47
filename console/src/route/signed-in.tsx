/** Who is signed in, at which workstation: known to every page behind the gates. */
import { createContext, useContext } from 'react';
import type { ReactNode } from 'react';
import type { RoleName } from '../api/administration.ts';
import type { CaseDetail, Me } from '../api/desk.ts';
import type { KeptWorkstation } from '../workstation/kept-workstation.ts';
import { rolesOf } from './place.ts';

interface SignedIn {
  readonly me: Me;
  readonly workstation: KeptWorkstation;
}

const SignedInContext = createContext<SignedIn | null>(null);

export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (signedIn === null) throw new Error('This page stands behind the gates.');
  return signedIn;
}

/** The roles of whoever is signed in. */
export function useRoles(): readonly RoleName[] {
  return rolesOf(useSignedIn().me.technician.roles);
}

/** Whether the desk lets whoever is signed in work on the records of a case: a technician who is designated for it. */
export function useIsDesignated({ designated }: Pick<CaseDetail, 'designated'>): boolean {
  const { id } = useSignedIn().me.technician;
  const isTechnician = useRoles().includes('technician');
  return isTechnician && designated.some((each) => each.id === id);
}

export function SignedInProvider(props: SignedIn & { readonly children: ReactNode }): ReactNode {
  const { me, workstation, children } = props;
  return <SignedInContext value={{ me, workstation }}>{children}</SignedInContext>;
}
