/** Who is signed in, at which workstation: known to every page behind the gates. */
import { createContext, useContext } from 'react';
import type { ReactNode } from 'react';
import type { RoleName } from '../api/administration.ts';
import type { Me } from '../api/desk.ts';
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

export function SignedInProvider(props: SignedIn & { readonly children: ReactNode }): ReactNode {
  const { me, workstation, children } = props;
  return <SignedInContext value={{ me, workstation }}>{children}</SignedInContext>;
}
