/** What the console asks the desk for on behalf of a technician: gates, cases, sessions and files. */
import {
  about,
  cartList,
  caseDetail,
  caseList,
  codeOffer,
  destructionCertificate,
  me,
  passkeyOptions,
  recordSummary,
  sessionDetail,
  signInProgress,
  signInStep,
  technicianList,
  timeline,
  transfer,
} from '@chaperone/protocol/console-api/schema.ts';
import { providerRedirect } from '@chaperone/protocol/console-api/provider.ts';
import {
  ownWorkstation,
  signingLicence,
  workstationLicence,
} from '@chaperone/protocol/console-api/workstation.ts';
import { directories, listing } from '@chaperone/protocol/cart-api/schema.ts';
import { z } from 'zod';
import { DeskProblem, ask, problemOf } from './ask.ts';
import { confirmed } from './confirmation.ts';
import { activeHeader } from './input-notice.ts';

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
  openCase: (body: { facility: string; cart: string; caller: string; complaint: string }) =>
    ask(caseDetail, 'POST', '/api/cases', body),
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
  directories: (id: string) => ask(directories, 'GET', `/api/cases/${id}/session/directories`),
  files: (id: string, directory: string, path: string) =>
    ask(
      listing,
      'GET',
      `/api/cases/${id}/session/files?${new URLSearchParams({ directory, path }).toString()}`,
    ),
  fetchFile: (id: string, directory: string, path: string) =>
    ask(transfer, 'POST', `/api/cases/${id}/fetches`, { directory, path }),
  send: (id: string, record: string) => ask(transfer, 'POST', `/api/cases/${id}/sends`, { record }),
  cancel: (id: string, transferId: string) =>
    ask(transfer, 'POST', `/api/cases/${id}/transfers/${transferId}/cancel`, {}),
  contentAddress: (id: string, record: string) => `/api/cases/${id}/records/${record}/content`,
  evidenceAddress: (id: string) => `/api/cases/${id}/evidence`,
  screenAddress: (id: string) => {
    const address = new URL(`/api/cases/${id}/session/screen`, location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    return address.href;
  },
};

/**
 * Uploads a file into the case, sealed there and not yet sent. XMLHttpRequest because fetch tells no progress.
 * @param onProgress bytes that have left this computer
 */
export function uploadOutgoing(
  caseId: string,
  file: File,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<RecordSummary> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/api/cases/${caseId}/outgoing?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    for (const [name, value] of Object.entries(activeHeader()))
      request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(recordSummary.parse(JSON.parse(request.responseText)));
      } else reject(problemOf(request.status, request.responseText));
    };
    request.onerror = () =>
      reject(new DeskProblem('DESK_UNREACHABLE', 0, 'The service centre cannot be reached.', null));
    request.onabort = () =>
      reject(new DeskProblem('CANCELLED', 0, 'The upload was cancelled.', null));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
