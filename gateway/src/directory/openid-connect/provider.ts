/**
 * The road to an OpenID provider: HTTPS against the pinned authorities only, every wait and every answer with a limit.
 *
 * What the provider says of itself (OpenID Connect Discovery 1.0 §4) is asked for when it is first needed and again after
 * an hour. Its issuer must be the configured one, letter for letter.
 */
import * as oidc from 'openid-client';
import { Agent, fetch as fetchBy } from 'undici';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Secret } from '../../platform/secret/secret.ts';
import { DirectoryUnavailable } from '../contract.ts';

export interface ProviderOptions {
  /** Its issuer identifier, `https://…`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  /** The authorities that the provider's certificate is checked against, PEM; no others count. */
  readonly authorities: string;
  /** How long each answer may take, milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const DISCOVERED_MS = 3_600_000;
/** Keys and tokens of the largest providers stay below 100 KiB. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export class Provider {
  readonly #options: ProviderOptions;
  readonly #fetch: oidc.CustomFetch;
  #discovered: { readonly configuration: oidc.Configuration; readonly atMs: number } | null = null;

  constructor(options: ProviderOptions) {
    this.#options = options;
    const { authorities: ca, timeoutMs } = options;
    const dispatcher = new Agent({
      connect: { ca, minVersion: 'TLSv1.2', timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: ANSWER_BYTES_MAX,
    });
    // The same fetch with types of its own.
    this.#fetch = async (url, asked) =>
      (await fetchBy(url, { ...(asked as object), dispatcher })) as unknown as Response;
  }

  /** @throws DirectoryUnavailable */
  async configuration(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret, timeoutMs, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#discovered !== null && nowMs - this.#discovered.atMs < DISCOVERED_MS)
      return this.#discovered.configuration;
    try {
      const configuration = await oidc.discovery(
        new URL(issuer),
        clientId,
        undefined,
        oidc.ClientSecretBasic(clientSecret.reveal()),
        {
          [oidc.customFetch]: this.#fetch,
          timeout: timeoutMs / 1_000,
          // Signatures of ID tokens count, although they come over TLS from the issuer itself.
          execute: [oidc.enableNonRepudiationChecks],
        },
      );
      // The library is lenient with the templates of some providers.
      if (configuration.serverMetadata().issuer !== issuer)
        throw new TypeError('The provider says that it is another issuer.');
      this.#discovered = { configuration, atMs: nowMs };
      return configuration;
    } catch (cause) {
      throw new DirectoryUnavailable('The OpenID provider does not answer as one.', { cause });
    }
  }
}
