/** A witness's road to the service centre's portal: HTTPS with a certificate of the facility, and nothing believed of what comes back. */
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The portal cannot be reached, or does not answer as one. */
export class PortalUnreachable extends DomainError {
  readonly code = 'PORTAL_UNREACHABLE';
}
/** The portal says no. */
export class PortalRefused extends DomainError {
  readonly code = 'PORTAL_REFUSED';
}

/** A full tile has 8 KiB; a checkpoint with proof and signatures 20 KiB. */
const ANSWER_BYTES_MAX = 64 * 1024;
const TIMEOUT_MS = 15_000;
const TRIES = 6;

export interface PortalRoadOptions {
  /** Such as `https://portal.example:8443`. */
  readonly url: string;
  /** PEM: of the facility's certificate and key, and the root of the portal's. */
  readonly certificate: string;
  readonly key: string;
  readonly root: string;
}

export class PortalRoad {
  readonly #options: PortalRoadOptions;

  constructor(options: PortalRoadOptions) {
    this.#options = options;
  }

  /** @throws PortalUnreachable, PortalRefused */
  async get(path: string): Promise<Buffer> {
    return await this.#ask('GET', path, null);
  }

  /** @throws PortalUnreachable, PortalRefused */
  async post(path: string, body: string): Promise<void> {
    await this.#ask('POST', path, body);
  }

  async #ask(method: 'GET' | 'POST', path: string, body: string | null): Promise<Buffer> {
    for (let tries = 1; ; tries += 1) {
      const { status, bytes, waitS } = await this.#once(method, path, body);
      if (status === 200 || status === 204) return bytes;
      // A first mirror asks for thousands of tiles: the portal says how fast.
      if (status === 429 && tries < TRIES) {
        await pause(Math.max(1, waitS) * 1000);
        continue;
      }
      throw new PortalRefused(`The portal answered ${status} to ${path}.`);
    }
  }

  async #once(method: string, path: string, body: string | null) {
    const { url, certificate, key, root } = this.#options;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = request(new URL(path, url), {
          method,
          cert: certificate,
          key,
          ca: root,
          minVersion: 'TLSv1.2',
          signal,
          headers: body === null ? {} : { 'content-type': 'text/plain; charset=utf-8' },
        });
        sent.once('response', resolve).once('error', reject);
        sent.end(body ?? undefined);
      });
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) throw new Error('the answer is too long');
        chunks.push(chunk);
      }
      const waitS = Number(answer.headers['retry-after'] ?? 1);
      return { status: answer.statusCode ?? 0, bytes: Buffer.concat(chunks), waitS };
    } catch (cause) {
      throw new PortalUnreachable('The portal cannot be reached.', { cause });
    }
  }
}
