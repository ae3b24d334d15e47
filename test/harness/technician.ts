/**
 * A technician without a browser: the same HTTP requests, cookies, WebSocket and workstation key as the console's.
 */
import type { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  about,
  caseDetail,
  destructionCertificate,
  folderFetch,
  me,
  sessionDetail,
  transfer,
  uploadList,
  uploadStanding,
} from '@chaperone/protocol/console-api/schema.ts';
import type { TransferAct } from '@chaperone/protocol/console-api/schema.ts';
import { workstationLicence } from '@chaperone/protocol/console-api/workstation.ts';
import { SESSION_REQUEST_LIFE_S, TYP } from '@chaperone/protocol/signed/claims.ts';
import type { SessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { makeWorkstationProof } from '@chaperone/protocol/x509/workstation-proof.ts';
import { exportJWK } from 'jose';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import { licenseOverTLS } from '@chaperone/gateway/composition/testing/licensed-over-tls.ts';
import type { Asking } from '@chaperone/gateway/composition/testing/licensed-over-tls.ts';
import { fetchOverTLS } from './fetch-over-tls.ts';
import { openViewer } from './rfb-viewer.ts';
import type { RFBViewer } from './rfb-viewer.ts';
import { webSocketRoad } from './road.ts';
import { eventually } from './eventually.ts';

export interface TechnicianOptions {
  readonly consoleUrl: string;
  readonly licenceCode: string;
  readonly login: string;
  readonly directoryPassword: string;
  readonly userId: string;
  readonly gatewayPassword: string;
  /** Where the console has TLS: the root that its certificate is checked against, PEM. */
  readonly browserRoot?: string;
}

/** What the desk answered when it refused. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  /** What the caller is told to do; empty when nothing. */
  readonly detail: string;
  constructor(status: number, code: string, title: string, detail = '') {
    super(`${status} ${code}: ${title}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export type Session = z.infer<typeof sessionDetail>;
export type Case = z.infer<typeof caseDetail>;

export type UploadStanding = z.infer<typeof uploadStanding>;
const TUS = { 'tus-resumable': '1.0.0' };
const PIECE_TYPE = 'application/offset+octet-stream';

/** Of a peer that lies, the desk asks again for a while. Milliseconds. */
const TRANSFER_MS = 90_000;

export class Technician {
  readonly #consoleUrl: string;
  #cookie = '';
  #gatewayPassword = '';
  #key: webcrypto.CryptoKey | null = null;
  #chain: readonly string[] = [];
  workstation = '';
  person: z.infer<typeof me>['technician'] | null = null;
  /** What is trusted and shown where the console has TLS. */
  tls: Asking['tls'] = {};

  constructor(consoleUrl: string) {
    this.#consoleUrl = consoleUrl;
  }

  /** Licenses this workstation and passes both gates. */
  static async signIn(options: TechnicianOptions): Promise<Technician> {
    const technician = new Technician(options.consoleUrl);
    if (options.browserRoot !== undefined) technician.tls = { ca: options.browserRoot };
    await technician.enrol(options.licenceCode);
    await technician.passGates(options);
    return technician;
  }

  async enrol(licenceCode: string): Promise<void> {
    if (this.tls.ca !== undefined) {
      const licensed = await licenseOverTLS(this.#asking(), licenceCode);
      this.tls = { ...this.tls, ...licensed.browser };
      this.#key = licensed.keys.privateKey;
      this.#chain = licensed.chain;
      this.workstation = licensed.workstation;
      return;
    }
    const keys = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])) as webcrypto.CryptoKeyPair;
    const { kty, crv, x, y } = await exportJWK(keys.publicKey);
    const answer = await this.ask(workstationLicence, 'POST', '/api/workstation/enrol', {
      licenceCode,
      label: 'Walkthrough workstation',
      jwk: { kty, crv, x, y },
      proof: await makeWorkstationProof(keys, parseLicenceCode(licenceCode), Date.now()),
    });
    this.#key = keys.privateKey;
    this.#chain = answer.chain;
    this.workstation = answer.workstation;
  }

  async passGates(options: TechnicianOptions): Promise<void> {
    await this.call('POST', '/api/sign-in/directory', {
      login: options.login,
      password: options.directoryPassword,
      workstation: this.workstation,
    });
    const { technician } = await this.ask(me, 'POST', '/api/sign-in/gateway', {
      userId: options.userId,
      password: options.gatewayPassword,
    });
    this.person = technician;
    this.#gatewayPassword = options.gatewayPassword;
  }

  about(): Promise<z.infer<typeof about>> {
    return this.ask(about, 'GET', '/api/about');
  }

  openCase(cart: string, deidentification?: DeidentificationRule): Promise<Case> {
    return this.ask(caseDetail, 'POST', '/api/cases', {
      facility: 'St. Example Hospital',
      cart,
      caller: 'Dr. Planted Caller',
      complaint: 'Noise in the Doppler picture, planted-complaint-words',
      ...(deidentification === undefined ? {} : { deidentification }),
    });
  }

  case(caseId: string): Promise<Case> {
    return this.ask(caseDetail, 'GET', `/api/cases/${caseId}`);
  }

  designate(caseId: string, technicianId: string): Promise<Case> {
    return this.ask(caseDetail, 'POST', `/api/cases/${caseId}/designations`, {
      technician: technicianId,
    });
  }

  session(caseId: string): Promise<Session> {
    return this.ask(sessionDetail, 'GET', `/api/cases/${caseId}/session`);
  }

  /** Waits until the desk shows the session as wanted. */
  async sessionWhen(caseId: string, wanted: (session: Session) => boolean): Promise<Session> {
    return await eventually('the session at the desk', async () => {
      const session = await this.session(caseId);
      return wanted(session) ? session : null;
    });
  }

  /** Signs a session request (or, with a grant, a resume request) and hands it in. */
  async request(
    caseDetails: Pick<Case, 'id' | 'number' | 'cart'>,
    activities: readonly Activity[] = ACTIVITIES,
  ): Promise<Session> {
    return await this.#handIn(caseDetails, activities, 'request');
  }

  async resume(
    caseDetails: Pick<Case, 'id' | 'number' | 'cart'>,
    activities: readonly Activity[],
  ): Promise<Session> {
    return await this.#handIn(caseDetails, activities, 'resume');
  }

  /** Signs that this technician wants to watch the session that somebody else holds, and hands it in. */
  async watch(
    caseDetails: Pick<Case, 'id' | 'number' | 'cart'>,
    change: Partial<SessionRequestClaims> = {},
  ): Promise<Session> {
    const { session, watching } = await this.session(caseDetails.id);
    const jws = await this.sign({
      cart: caseDetails.cart,
      case: caseDetails.id as SessionRequestClaims['case'],
      caseNumber: caseDetails.number,
      session: session as SessionRequestClaims['session'],
      challenge: watching?.challenge ?? '',
      purpose: 'watch',
      grant: (watching?.watches ?? null) as SessionRequestClaims['grant'],
      activities: ['view'],
      deidentification: 'not-required',
      ...change,
    });
    const address = `/api/cases/${caseDetails.id}/session/watch`;
    return await this.ask(sessionDetail, 'POST', address, { jws });
  }

  leaveWatch(caseId: string): Promise<Session> {
    return this.ask(sessionDetail, 'POST', `/api/cases/${caseId}/session/watch/leave`, {});
  }

  async #handIn(
    caseDetails: Pick<Case, 'id' | 'number' | 'cart'> & Partial<Pick<Case, 'deidentification'>>,
    activities: readonly Activity[],
    purpose: 'request' | 'resume',
  ): Promise<Session> {
    const current = await this.session(caseDetails.id);
    const jws = await this.sign({
      cart: caseDetails.cart,
      case: caseDetails.id as SessionRequestClaims['case'],
      caseNumber: caseDetails.number,
      session: current.session as SessionRequestClaims['session'],
      challenge: current.challenge ?? '',
      purpose,
      grant: purpose === 'resume' ? (current.grant as SessionRequestClaims['grant']) : null,
      activities: [...activities],
      deidentification: caseDetails.deidentification ?? 'not-required',
    });
    return await this.ask(
      sessionDetail,
      'POST',
      `/api/cases/${caseDetails.id}/session/${purpose}`,
      {
        jws,
      },
    );
  }

  /** Signs any claims with this workstation's key: scenarios also sign what is wrong. */
  async sign(
    claims: Omit<SessionRequestClaims, 'iss' | 'sub' | 'name' | 'iat' | 'exp'> &
      Partial<SessionRequestClaims>,
  ): Promise<string> {
    if (!this.#key || !this.person) throw new Error('not signed in');
    const iat = Math.floor(Date.now() / 1000);
    return await signStatement(
      TYP.sessionRequest,
      {
        iss: this.workstation,
        sub: this.person.id,
        name: this.person.name,
        iat,
        exp: iat + SESSION_REQUEST_LIFE_S,
        ...claims,
      },
      this.#key,
      'ES256',
      this.#chain,
    );
  }

  /** @param place `watch/screen`: as who watches */
  async openScreen(caseId: string, place = 'screen'): Promise<RFBViewer> {
    const url = `${this.#consoleUrl.replace(/^http/, 'ws')}/api/cases/${caseId}/session/${place}`;
    const socket = new WebSocket(url, {
      ...this.tls,
      headers: { cookie: this.#cookie, origin: this.#consoleUrl },
      perMessageDeflate: false,
    });
    const road = webSocketRoad(socket);
    const refused = once(socket, 'unexpected-response').then(([, response]) => {
      throw new Error(
        `the screen was refused: ${String((response as { statusCode: number }).statusCode)}`,
      );
    });
    const viewer = openViewer(road);
    return await Promise.race([viewer, refused]);
  }

  /** Opens the screen without understanding it, for what no viewer would say or bear. */
  async openRawScreen(caseId: string): Promise<WebSocket> {
    const url = `${this.#consoleUrl.replace(/^http/, 'ws')}/api/cases/${caseId}/session/screen`;
    const socket = new WebSocket(url, {
      ...this.tls,
      headers: { cookie: this.#cookie, origin: this.#consoleUrl },
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    return socket;
  }

  fetchFile(caseId: string, directory: string, path: string): Promise<z.infer<typeof transfer>> {
    return this.ask(transfer, 'POST', `/api/cases/${caseId}/fetches`, { directory, path });
  }

  /** Fetches a whole directory; gives its batch. */
  fetchFolder(
    caseId: string,
    directory: string,
    path: string,
  ): Promise<z.infer<typeof folderFetch>> {
    return this.ask(folderFetch, 'POST', `/api/cases/${caseId}/folder-fetches`, {
      directory,
      path,
    });
  }

  /** Holds, goes on with or cancels a transfer or a batch. */
  async act(
    caseId: string,
    act: TransferAct,
    on: { readonly transfer: string } | { readonly batch: string },
  ): Promise<void> {
    await this.call('POST', `/api/cases/${caseId}/transfers/act`, { act, ...on });
  }

  /** Waits until a transfer is over, or held because its session is. */
  async settled(caseId: string, transferId: string): Promise<z.infer<typeof transfer>> {
    return await eventually(
      'the transfer',
      async () => {
        const found = (await this.case(caseId)).transfers.find((each) => each.id === transferId);
        return found && ['done', 'failed', 'cancelled', 'paused'].includes(found.state)
          ? found
          : null;
      },
      TRANSFER_MS,
    );
  }

  async content(caseId: string, record: string): Promise<Buffer> {
    const response = await this.raw('GET', `/api/cases/${caseId}/records/${record}/content`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Waits until a record is out of its quarantine, and reads it. */
  async released(caseId: string, record: string): Promise<Buffer> {
    return await eventually('the release of a record', async () => {
      try {
        return await this.content(caseId, record);
      } catch (fault) {
        if (fault instanceof Refused && fault.code === 'RECORD_IN_QUARANTINE') return null;
        throw fault;
      }
    });
  }

  /** Uploads a file in one request: tus 1.0, creation-with-upload. @returns the record that it became */
  async upload(caseId: string, name: string, content: Uint8Array, folder = ''): Promise<string> {
    const { record } = await this.#announce(caseId, name, content.length, content, folder);
    if (record === null) throw new Error(`The desk made no record of ${name}.`);
    return record.id;
  }

  /** What this technician has not finished uploading. */
  async uploads(caseId: string): Promise<readonly UploadStanding[]> {
    return (await this.ask(uploadList, 'GET', `/api/cases/${caseId}/uploads`)).uploads;
  }

  /** Begins an upload that resumes (tus 1.0), or goes on with the one of that name. */
  async beginUpload(caseId: string, name: string, bytes: number): Promise<UploadStanding> {
    const begun = (await this.uploads(caseId)).find((each) => each.name === name);
    if (begun !== undefined) return begun;
    return await this.#announce(caseId, name, bytes);
  }

  async #announce(
    caseId: string,
    name: string,
    bytes: number,
    content?: Uint8Array,
    folder = '',
  ): Promise<UploadStanding> {
    const b64 = (text: string): string => Buffer.from(text).toString('base64');
    const said = `filename ${b64(name)},folder ${b64(folder)}`;
    const headers = { ...TUS, 'upload-length': String(bytes), 'upload-metadata': said };
    const at = `/api/cases/${caseId}/uploads`;
    const answer = await this.raw('POST', at, content, PIECE_TYPE, headers);
    return uploadStanding.parse(await answer.json());
  }

  /** Sends what comes after an offset. @returns the record, once the file is whole; else null */
  async uploadPiece(
    caseId: string,
    upload: string,
    offset: number,
    piece: Uint8Array,
  ): Promise<string | null> {
    const at = `/api/cases/${caseId}/uploads/${upload}`;
    const headers = { ...TUS, 'upload-offset': String(offset) };
    const answer = await this.raw('PATCH', at, piece, PIECE_TYPE, headers);
    return answer.headers.get('chaperone-record');
  }

  send(caseId: string, record: string): Promise<z.infer<typeof transfer>> {
    return this.ask(transfer, 'POST', `/api/cases/${caseId}/sends`, { record });
  }

  leave(caseId: string): Promise<Session> {
    return this.ask(sessionDetail, 'POST', `/api/cases/${caseId}/session/leave`, {});
  }

  resolve(caseId: string, confirmNumber: string): Promise<Case> {
    return this.ask(caseDetail, 'POST', `/api/cases/${caseId}/resolve`, { confirmNumber });
  }

  certificate(caseId: string): Promise<z.infer<typeof destructionCertificate>> {
    return this.ask(destructionCertificate, 'GET', `/api/cases/${caseId}/certificate`);
  }

  async ask<S extends z.ZodType>(
    schema: S,
    method: string,
    path: string,
    body?: object,
  ): Promise<z.infer<S>> {
    return schema.parse(await this.call(method, path, body));
  }

  async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.raw(method, path, body && JSON.stringify(body), 'application/json');
    const text = await response.text();
    return text === '' ? null : (JSON.parse(text) as unknown);
  }

  /** Confirms who they are where they are asked to, as a person does. @throws Refused for any answer that is not 2xx */
  async raw(
    method: string,
    path: string,
    body?: string | Uint8Array,
    type = 'application/octet-stream',
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    try {
      return await this.#send(method, path, body, type, more);
    } catch (fault) {
      if (!(fault instanceof Refused && fault.code === 'CONFIRMATION_REQUIRED')) throw fault;
      const confirmation = JSON.stringify({ password: this.#gatewayPassword });
      await this.#send('POST', '/api/me/confirm', confirmation, 'application/json');
      return await this.#send(method, path, body, type, more);
    }
  }

  async #send(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    type: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const address = `${this.#consoleUrl}${path}`;
    const headers = {
      cookie: this.#cookie,
      origin: this.#consoleUrl,
      // As a script of the console's own page asks.
      'sec-fetch-dest': 'empty',
      ...(body === undefined ? {} : { 'content-type': type }),
      ...more,
    };
    const sent = body === undefined ? {} : { body: body as string };
    const response =
      this.tls.ca === undefined
        ? await fetch(address, { method, headers, ...sent })
        : await fetchOverTLS(address, this.tls, { method, headers, ...sent });
    for (const line of response.headers.getSetCookie()) this.#remember(line);
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as {
      code?: string;
      title?: string;
      detail?: string;
    };
    throw new Refused(response.status, problem.code ?? '?', problem.title ?? '?', problem.detail);
  }

  /** Asks as `licenseOverTLS` wants it: whatever is answered is told, not thrown. */
  #asking(): Asking {
    const { tls } = this;
    const asking: Asking = {
      tls,
      ask: async (method, path, { body } = {}) => {
        const headers = { origin: this.#consoleUrl, 'content-type': 'application/json' };
        const sent = { method, headers, body: JSON.stringify(body) };
        const response = await fetchOverTLS(`${this.#consoleUrl}${path}`, asking.tls, sent);
        const text = await response.text();
        const answer = JSON.parse(text) as Readonly<Record<string, unknown>>;
        return { status: response.status, headers: {}, text, body: answer };
      },
    };
    return asking;
  }

  #remember(setCookie: string): void {
    const [pair = ''] = setCookie.split(';');
    const [name = ''] = pair.split('=');
    const others = this.#cookie.split('; ').filter((each) => each && !each.startsWith(`${name}=`));
    this.#cookie = [...others, pair].join('; ');
  }
}
