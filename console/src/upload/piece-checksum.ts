/**
 * Gives each piece that tus-js-client sends its checksum, which tus 1.0 has as an extension and the client does not.
 *
 * A piece is read here and then sent, so that what is compared at the desk is what was read. A file that can no longer be read
 * (changed, moved, a stick pulled out) ends its upload: it would be another file.
 *
 * @see https://tus.io/protocols/resumable-upload#checksum
 */
import { DefaultHttpStack } from 'tus-js-client';
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';

/** The file cannot be read as it was chosen. */
export class FileUnreadable extends Error {
  readonly code = 'FILE_UNREADABLE';
  constructor(cause: unknown) {
    super('This file can no longer be read as it was chosen.', { cause });
    this.name = 'FileUnreadable';
  }
}

/** The client's own way of asking, with `Upload-Checksum` on every piece. */
export class CheckedHttpStack implements HttpStack {
  readonly #inner = new DefaultHttpStack({});

  createRequest(method: string, url: string): HttpRequest {
    const request = this.#inner.createRequest(method, url);
    return method === 'PATCH' ? new CheckedRequest(request) : request;
  }

  getName(): string {
    return 'CheckedHttpStack';
  }
}

class CheckedRequest implements HttpRequest {
  readonly #inner: HttpRequest;
  #isAborted = false;

  constructor(inner: HttpRequest) {
    this.#inner = inner;
  }

  async send(body: unknown): Promise<HttpResponse> {
    const piece = await bytesOf(body);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', piece));
    // What is held meanwhile must not begin after all.
    if (this.#isAborted) throw new Error('The piece was held before it was sent.');
    this.#inner.setHeader('Upload-Checksum', `sha256 ${btoa(String.fromCharCode(...digest))}`);
    return await this.#inner.send(piece);
  }

  async abort(): Promise<void> {
    this.#isAborted = true;
    await this.#inner.abort();
  }

  getMethod(): string {
    return this.#inner.getMethod();
  }
  getURL(): string {
    return this.#inner.getURL();
  }
  setHeader(header: string, value: string): void {
    this.#inner.setHeader(header, value);
  }
  getHeader(header: string): string | undefined {
    return this.#inner.getHeader(header);
  }
  setProgressHandler(progress: (bytesSent: number) => void): void {
    this.#inner.setProgressHandler(progress);
  }
  getUnderlyingObject(): unknown {
    return this.#inner.getUnderlyingObject() as unknown;
  }
}

async function bytesOf(body: unknown): Promise<Uint8Array<ArrayBuffer>> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  if (!(body instanceof Blob)) throw new TypeError('A piece is a part of a file.');
  try {
    return new Uint8Array(await body.arrayBuffer());
  } catch (fault) {
    throw new FileUnreadable(fault);
  }
}
