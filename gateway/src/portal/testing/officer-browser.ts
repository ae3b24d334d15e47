/**
 * Test support: a facility's officer with a browser's means: an own key, the certificate for it, an authenticator app, a
 * cookie jar of one cookie, and HTTPS with a client certificate.
 */
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { text as readAll } from 'node:stream/consumers';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { makeKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import type { RunningGateway } from '../../composition.ts';
import { codeOfApp } from '../../platform/one-time-code/testing/authenticator-app.ts';

export interface PortalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface AskPortal {
  readonly method?: string;
  readonly form?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a TLS client shows, PEM; none when it shows nothing. */
export interface ShownToPortal {
  readonly key: KeyObject;
  readonly cert: string;
}

const STEP_MS = 30_000;

export class OfficerBrowser {
  readonly id: string;
  readonly shown: ShownToPortal | null;
  readonly #base: URL;
  readonly #ca: string;
  readonly #secret: string;
  cookie = '';

  constructor(
    running: Pick<RunningGateway, 'portalUrl' | 'authority'>,
    shown: ShownToPortal | null,
    enrolled: { readonly id: string; readonly secret: string } = { id: '', secret: '' },
  ) {
    this.#base = new URL(running.portalUrl ?? '');
    this.#ca = running.authority.publicRoots.browserRootPEM;
    this.shown = shown;
    this.id = enrolled.id;
    this.#secret = enrolled.secret;
  }

  /** Enrols somebody at a facility, by the administration's own act. */
  static async enrol(
    running: RunningGateway,
    facility: string,
    name = 'Jo Müller',
  ): Promise<OfficerBrowser> {
    const { privateKey: key } = await newKeyPair('p256-sha256');
    const csr = Buffer.from(makeKeyCertificationRequest('x', key)).toString('base64');
    const enrolled = (await running.administer({
      act: 'add-officer',
      facility,
      name,
      csr,
      by: 'test',
    })) as { readonly id: string; readonly secret: string; readonly certificate: string };
    return new OfficerBrowser(running, { key, cert: enrolled.certificate }, enrolled);
  }

  /** What the app shows now, or some steps from now. */
  code(steps = 0): string {
    return codeOfApp(this.#secret, Date.now() + steps * STEP_MS);
  }

  async signIn(code = this.code()): Promise<PortalAnswer> {
    return await this.ask('/sign-in', { form: `code=${encodeURIComponent(code)}` });
  }

  async ask(target: string, { method, form, headers = {} }: AskPortal = {}): Promise<PortalAnswer> {
    const request = httpsRequest({
      host: '127.0.0.1',
      port: this.#base.port,
      servername: 'localhost',
      ca: this.#ca,
      ...(this.shown === null
        ? {}
        : {
            key: this.shown.key.export({ type: 'pkcs8', format: 'pem' }),
            cert: this.shown.cert,
          }),
      agent: false,
      method: method ?? (form === undefined ? 'GET' : 'POST'),
      path: target,
      headers: {
        host: this.#base.host,
        ...(form === undefined
          ? {}
          : {
              origin: this.#base.origin,
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': String(Buffer.byteLength(form)),
            }),
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...headers,
      },
    });
    request.end(form);
    const [response] = await once(request, 'response');
    const text = await readAll(response);
    const [cookie] = (response.headers['set-cookie'] ?? []) as string[];
    if (cookie !== undefined) this.cookie = cookie.split(';')[0] ?? '';
    return { status: response.statusCode, headers: response.headers, text };
  }
}

/** Writes a form that brings files as a browser does; a field called `file` is one. */
export function multipart(fields: Readonly<Record<string, string>>): {
  readonly form: string;
  readonly contentType: string;
} {
  const boundary = '----WebKitFormBoundaryTestTestTestTest';
  const parts = Object.entries(fields).map(([name, value]) => {
    const file = name === 'file' ? '; filename="policy.jws"\r\nContent-Type: text/plain' : '';
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  });
  return {
    form: `${parts.join('')}--${boundary}--\r\n`,
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}
