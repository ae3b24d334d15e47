/** What the console asks the desk for, each with the key under which the answer is kept. */
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { DeskProblem } from '../api/ask.ts';
import { desk } from '../api/desk.ts';
import { records } from '../api/records.ts';
import { ownAccount } from '../api/own-account.ts';
import { unfinished } from '../upload/upload-desk.ts';
import { HOLD_EVERY_MS, holdWorkstation } from '../workstation/hold-workstation.ts';

/** Events say when something changed; this is only for an event that was lost. */
const STALE_MS = 30_000;
const RETRIES_MAX = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      retry: (count, fault) =>
        count < RETRIES_MAX &&
        fault instanceof DeskProblem &&
        (fault.status === 0 || fault.status >= 500),
    },
    mutations: { networkMode: 'always' },
  },
});

// What the desk no longer knows us for is not asked again: the sign-in page takes over, in its place.
queryClient.getQueryCache().subscribe(({ type, query }) => {
  if (type === 'updated') heed(query.state.error);
});
queryClient.getMutationCache().subscribe(({ mutation }) => heed(mutation?.state.error));

function heed(fault: unknown): void {
  if (isSignedOut(fault)) signedOut();
  if (fault instanceof DeskProblem && fault.code === 'WORKSTATION_REFUSED') turnAway();
}

let isTurnedAway = false;

/**
 * Takes everything off the screen: it was meant for a workstation in force. Loaded anew, the address shows the desk's bare
 * refusal, or the console when the browser has a newer certificate by now.
 */
function turnAway(): void {
  if (isTurnedAway) return;
  isTurnedAway = true;
  location.reload();
}

function isSignedOut(fault: unknown): boolean {
  return fault instanceof DeskProblem && fault.code === 'NOT_SIGNED_IN';
}

/** Shows the sign-in page where the technician stands. */
export function signedOut(): void {
  if (queryClient.getQueryData(queries.me().queryKey) === null) return;
  queryClient.setQueryData(queries.me().queryKey, null);
}

/** Leaves by one's own wish: the window begins anew, so that nothing of what was seen stays in it. */
export function leave(): void {
  window.location.assign('/');
}

/** Between two looks at what is covered, milliseconds: an operator's answer is seen soon after. */
const MASKS_EVERY_MS = 3000;

export const queries = {
  about: () => queryOptions({ queryKey: ['about'], queryFn: desk.about, staleTime: Infinity }),
  workstation: () =>
    queryOptions({
      queryKey: ['workstation'],
      queryFn: holdWorkstation,
      staleTime: Infinity,
      refetchInterval: HOLD_EVERY_MS,
      networkMode: 'always',
      // A key object cannot be compared member by member.
      structuralSharing: false,
    }),
  /** Null: nobody is signed in. */
  me: () =>
    queryOptions({
      queryKey: ['me'],
      queryFn: async () => {
        try {
          return await desk.me();
        } catch (fault) {
          if (isSignedOut(fault)) return null;
          throw fault;
        }
      },
      staleTime: Infinity,
    }),
  /** Whether the directory answers, and whether the gateway's own machine is current. */
  deskState: () =>
    queryOptions({
      queryKey: ['desk'],
      queryFn: ownAccount.deskState,
      refetchInterval: STALE_MS,
    }),
  ownSignIns: () =>
    queryOptions({
      queryKey: ['own', 'sign-ins'],
      queryFn: ownAccount.signIns,
      // Another sign-in is told by no event.
      staleTime: 0,
      refetchInterval: STALE_MS,
    }),
  ownFactor: () => queryOptions({ queryKey: ['own', 'factor'], queryFn: ownAccount.factor }),
  carts: () => queryOptions({ queryKey: ['carts'], queryFn: desk.carts }),
  technicians: () => queryOptions({ queryKey: ['technicians'], queryFn: desk.technicians }),
  cases: () => queryOptions({ queryKey: ['cases'], queryFn: () => desk.cases('all') }),
  case: (id: string) => queryOptions({ queryKey: ['case', id], queryFn: () => desk.case(id) }),
  /** Asked again when records come or are released: what they are does not change. */
  recordKinds: (id: string, recordList: readonly { readonly id: string }[]) =>
    queryOptions({
      queryKey: ['record-kinds', id, recordList.map((record) => JSON.stringify(record)).join()],
      queryFn: () => records.kinds(id),
      placeholderData: (known) => known,
      staleTime: Infinity,
    }),
  /** Uploads of whoever asks that are not whole. */
  unfinishedUploads: (id: string) =>
    queryOptions({ queryKey: ['unfinished-uploads', id], queryFn: () => unfinished(id) }),
  exports: (id: string) =>
    queryOptions({ queryKey: ['exports', id], queryFn: () => records.exports(id) }),
  deidentification: (id: string) =>
    queryOptions({
      queryKey: ['deidentification', id],
      queryFn: () => desk.deidentification(id),
    }),
  session: (id: string) =>
    queryOptions({ queryKey: ['session', id], queryFn: () => desk.session(id) }),
  timeline: (id: string) =>
    queryOptions({ queryKey: ['timeline', id], queryFn: () => desk.timeline(id) }),
  certificate: (id: string) =>
    queryOptions({ queryKey: ['certificate', id], queryFn: () => desk.certificate(id) }),
  /** No event tells of them: asked again while the screen is shown. */
  masks: (id: string, grant: string) =>
    queryOptions({
      queryKey: ['masks', id, grant],
      queryFn: () => desk.masks(id),
      staleTime: 0,
      refetchInterval: MASKS_EVERY_MS,
    }),
  directories: (id: string, grant: string) =>
    queryOptions({
      queryKey: ['directories', id, grant],
      queryFn: () => desk.directories(id),
    }),
  files: (id: string, grant: string, directory: string, path: string) =>
    queryOptions({
      queryKey: ['files', id, grant, directory, path],
      queryFn: () => desk.files(id, directory, path),
    }),
};
