/** What the console asks the desk for on behalf of a technician: gates, cases, sessions and files. */
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import {
  about,
  cartList,
  caseDetail,
  caseList,
  codeOffer,
  destructionCertificate,
  folderFetch,
  me,
  passkeyOptions,
  recordSummary,
  sessionDetail,
  signInProgress,
  signInStep,
  technicianList,
  timeline,
  transfer,
  deidentificationList,
} from '@chaperone/protocol/console-api/schema.ts';
import { providerRedirect } from '@chaperone/protocol/console-api/provider.ts';
import {
  ownWorkstation,
  signingLicence,
  workstationLicence,
} from '@chaperone/protocol/console-api/workstation.ts';
import type { UnmaskAskBody } from '@chaperone/protocol/cart-api/masks.ts';
import { directories, listing } from '@chaperone/protocol/cart-api/schema.ts';
import { sessionMasks } from '@chaperone/protocol/console-api/masks.ts';
import type { TransferAct } from '@chaperone/protocol/console-api/schema.ts';
import { z } from 'zod';
import { ask } from './ask.ts';
import { confirmed } from './confirmation.ts';

export type About = z.infer<typeof about>;
export type Me = z.infer<typeof me>;
export type SignInStep = z.infer<typeof signInStep>;
export type CodeOffer = z.infer<typeof codeOffer>;
export type CartSummary = z.infer<typeof cartList>['carts'][number];
export type CaseSummary = z.infer<typeof caseList>['cases'][number];
export type CaseDetail = z.infer<typeof caseDetail>;
export type RecordSummary = z.infer<typeof recordSummary>;
export type SessionDetail = z.infer<typeof sessionDetail>;
export type Timeline = z.infer<typeof timeline>;
export type WorkstationLicence = z.infer<typeof workstationLicence>;

export const desk = {
  about: () => ask(about, 'GET', '/api/about'),
  enrolWorkstation: (body: object) =>
    ask(workstationLicence, 'POST', '/api/workstation/enrol', body),
  ownWorkstation: () => ask(ownWorkstation, 'GET', '/api/workstation'),
  certifySigningKey: (body: object) =>
    ask(signingLicence, 'POST', '/api/workstation/signing-key', body),
  signInDirectory: (login: string, password: string, workstation: string) =>
    ask(signInProgress, 'POST', '/api/sign-in/directory', { login, password, workstation }),
  beginAtProvider: (workstation: string) =>
    ask(providerRedirect, 'POST', '/api/sign-in/provider', { workstation }),
  returnFromProvider: (answer: string, workstation: string) =>
    ask(signInProgress, 'POST', '/api/sign-in/provider/answer', { workstation, answer }),
  setFirstPassword: (password: string) =>
    ask(signInStep, 'POST', '/api/sign-in/new-password', { password }),
  signInGateway: (userId: string, password: string) =>
    ask(signInStep, 'POST', '/api/sign-in/gateway', { userId, password }),
  useCode: (code: string) => ask(signInStep, 'POST', '/api/sign-in/factor/code', { code }),
  useRecoveryCode: (code: string) =>
    ask(signInStep, 'POST', '/api/sign-in/factor/recovery-code', { code }),
  askPasskey: () => ask(passkeyOptions, 'POST', '/api/sign-in/factor/passkey/options', {}),
  usePasskey: (answer: object) => ask(signInStep, 'POST', '/api/sign-in/factor/passkey', answer),
  offerCode: () => ask(codeOffer, 'POST', '/api/sign-in/enrolment/code/options', {}),
  enrolCode: (code: string) => ask(signInStep, 'POST', '/api/sign-in/enrolment/code', { code }),
  offerPasskey: () => ask(passkeyOptions, 'POST', '/api/sign-in/enrolment/passkey/options', {}),
  enrolPasskey: (answer: object) =>
    ask(signInStep, 'POST', '/api/sign-in/enrolment/passkey', answer),
  confirmRecoveryCodes: () => ask(signInStep, 'POST', '/api/sign-in/enrolment/recovery-codes', {}),
  signOut: () => ask(z.unknown(), 'POST', '/api/sign-out', {}),
  me: () => ask(me, 'GET', '/api/me'),
  carts: () => ask(cartList, 'GET', '/api/carts'),
  technicians: () => ask(technicianList, 'GET', '/api/technicians'),
  cases: (state: 'open' | 'resolved' | 'all') =>
    ask(caseList, 'GET', state === 'all' ? '/api/cases' : `/api/cases?state=${state}`),
  openCase: (body: {
    /** Only where the licence of the cart names none. */
    facility?: string;
    cart: string;
    caller: string;
    complaint: string;
    deidentification?: DeidentificationRule;
  }) => ask(caseDetail, 'POST', '/api/cases', body),
  case: (id: string) => ask(caseDetail, 'GET', `/api/cases/${id}`),
  designate: (id: string, technician: string) =>
    ask(caseDetail, 'POST', `/api/cases/${id}/designations`, { technician }),
  addNote: (id: string, text: string) =>
    ask(caseDetail, 'POST', `/api/cases/${id}/notes`, { text }),
  resolve: (id: string, confirmNumber: string) =>
    confirmed(() => ask(caseDetail, 'POST', `/api/cases/${id}/resolve`, { confirmNumber })),
  certificate: (id: string) => ask(destructionCertificate, 'GET', `/api/cases/${id}/certificate`),
  timeline: (id: string) => ask(timeline, 'GET', `/api/cases/${id}/timeline`),
  session: (id: string) => ask(sessionDetail, 'GET', `/api/cases/${id}/session`),
  requestSession: (id: string, jws: string) =>
    ask(sessionDetail, 'POST', `/api/cases/${id}/session/request`, { jws }),
  resumeSession: (id: string, jws: string) =>
    ask(sessionDetail, 'POST', `/api/cases/${id}/session/resume`, { jws }),
  leaveSession: (id: string) => ask(sessionDetail, 'POST', `/api/cases/${id}/session/leave`, {}),
  watchSession: (id: string, jws: string) =>
    ask(sessionDetail, 'POST', `/api/cases/${id}/session/watch`, { jws }),
  leaveWatch: (id: string) =>
    ask(sessionDetail, 'POST', `/api/cases/${id}/session/watch/leave`, {}),
  masks: (id: string) => ask(sessionMasks, 'GET', `/api/cases/${id}/session/masks`),
  askUnmask: (id: string, body: UnmaskAskBody) =>
    ask(sessionMasks, 'POST', `/api/cases/${id}/session/masks/ask`, body),
  directories: (id: string) => ask(directories, 'GET', `/api/cases/${id}/session/directories`),
  files: (id: string, directory: string, path: string) =>
    ask(
      listing,
      'GET',
      `/api/cases/${id}/session/files?${new URLSearchParams({ directory, path }).toString()}`,
    ),
  fetchFile: (id: string, directory: string, path: string) =>
    ask(transfer, 'POST', `/api/cases/${id}/fetches`, { directory, path }),
  fetchFolder: (id: string, directory: string, path: string) =>
    ask(folderFetch, 'POST', `/api/cases/${id}/folder-fetches`, { directory, path }),
  act: (id: string, act: TransferAct, on: { transfer: string } | { batch: string }) =>
    ask(z.unknown(), 'POST', `/api/cases/${id}/transfers/act`, { act, ...on }),
  send: (id: string, record: string, batch: string | null = null) =>
    ask(transfer, 'POST', `/api/cases/${id}/sends`, {
      record,
      ...(batch === null ? {} : { batch }),
    }),
  cancel: (id: string, transferId: string) =>
    ask(transfer, 'POST', `/api/cases/${id}/transfers/${transferId}/cancel`, {}),
  deidentification: (id: string) =>
    ask(deidentificationList, 'GET', `/api/cases/${id}/deidentification`),
  deidentify: (id: string, record: string) =>
    ask(recordSummary, 'POST', `/api/cases/${id}/records/${record}/deidentification`, {}),
  destroyRecord: (id: string, record: string) =>
    ask(z.unknown(), 'POST', `/api/cases/${id}/records/${record}/destroy`, {}),
  evidenceAddress: (id: string) => `/api/cases/${id}/evidence`,
  /** @param how as who holds the session, or as who watches it */
  screenAddress: (id: string, how: 'hold' | 'watch') => {
    const path = how === 'hold' ? 'session/screen' : 'session/watch/screen';
    const address = new URL(`/api/cases/${id}/${path}`, location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    return address.href;
  },
};
