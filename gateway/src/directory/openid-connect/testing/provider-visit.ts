/** Test support: a browser without pages that signs in at a provider, and keeps its cookies for the next time. */
import { request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import { text as readAll } from 'node:stream/consumers';
import { PROVIDER_PASSWORD } from './openid-provider.ts';
import type { OpenIDProvider } from './openid-provider.ts';

const STEPS_MAX = 10;

export class ProviderVisit {
  readonly #provider: Pick<OpenIDProvider, 'authorities' | 'issuer'>;
  readonly #cookies = new Map<string, string>();

  constructor(provider: Pick<OpenIDProvider, 'authorities' | 'issuer'>) {
    this.#provider = provider;
  }

  /**
   * Goes to an address of the provider and signs in, or cancels.
   * @returns the query with which the provider sends the browser back
   */
  async signIn(address: string, login: string | null): Promise<string> {
    let next = new URL(address);
    let form: URLSearchParams | null = null;
    for (let step = 0; step < STEPS_MAX; step += 1) {
      if (next.origin !== this.#provider.issuer) return next.search;
      const { status, location, text } = await this.#ask(next, form);
      form = null;
      if (location !== null) next = new URL(location, next);
      else if (status === 200 && step + 1 < STEPS_MAX && !text.includes('error')) {
        form = new URLSearchParams(
          login === null ? { cancel: '1' } : { login, password: PROVIDER_PASSWORD },
        );
      } else throw new Error(`The provider answers ${status}: ${text.slice(0, 2_000)}`);
    }
    throw new Error('The provider lets nobody through.');
  }

  async #ask(
    address: URL,
    form: URLSearchParams | null,
  ): Promise<{ status: number; location: string | null; text: string }> {
    const body = form?.toString();
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const request = httpsRequest(address, {
      method: form === null ? 'GET' : 'POST',
      ca: this.#provider.authorities,
      agent: false,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    request.end(body);
    const [response] = await once(request, 'response');
    for (const line of (response.headers['set-cookie'] ?? []) as string[]) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const { location = null } = response.headers;
    return { status: response.statusCode, location, text: await readAll(response) };
  }
}
