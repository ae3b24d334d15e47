/**
 * OpenID Connect: the first gate on the page of a provider such as Entra ID or AD FS (decision 0015).
 *
 * Authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636) as a confidential client. State, nonce,
 * issuer, signature and times are checked by the library; that the person signed in just now, and was not found signed in,
 * is checked here as well. Whether somebody still may come in is asked by their refresh token, and nothing else: no
 * provider offers a question about others to everybody.
 */
import * as oidc from 'openid-client';
import {
  DirectoryAccountUnfit,
  DirectoryAnswerRefused,
  DirectoryAnswerUnusable,
  DirectoryUnavailable,
} from '../contract.ts';
import type { Person, RedirectDirectory } from '../contract.ts';
import { claimedPerson } from './claimed-person.ts';
import type { ClaimTable } from './claimed-person.ts';
import { KeptPeople } from './kept-people.ts';
import type { KeptPerson } from './kept-people.ts';
import { describeProviderFault, isRefusal, isWrongAnswer } from './provider-fault.ts';
import { Provider } from './provider.ts';
import type { ProviderOptions } from './provider.ts';

export interface OpenIDConnectOptions extends ProviderOptions, ClaimTable {
  readonly providerName: string;
  /** Beside `openid profile offline_access`: what makes the provider send the roles. */
  readonly scopes: readonly string[];
  /** Told of what the provider did wrong, and of answers that were refused, without names and tokens. */
  readonly onFault?: (what: string, why: string) => void;
}

/** How old a sign-in at the provider may be when its answer comes, seconds: the time of the gate itself. */
const SIGN_IN_AGE_S_MAX = 300;
/** How far the provider's clock may be from ours, seconds. */
const SKEW_S_MAX = 60;

type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;

/** Opens the directory; nothing is connected before somebody signs in. */
export function openOpenIDConnect(options: OpenIDConnectOptions): RedirectDirectory {
  const { clock } = options;
  const provider = new Provider(options);
  const people = new KeptPeople(clock);
  const standing = new StandingByToken(provider, people, options);
  const asking = new Map<string, Promise<Person | null>>();
  return {
    demo: false,
    providerName: options.providerName,
    async begin(returnTo) {
      const configuration = await provider.configuration();
      const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
      const verifier = oidc.randomPKCECodeVerifier();
      const begunUtcMs = clock.utcMs();
      const address = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: returnTo,
        scope: ['openid', 'profile', 'offline_access', ...options.scopes].join(' '),
        response_mode: 'query',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        // A browser that was left signed in there is no sign-in.
        prompt: 'login',
        max_age: String(SIGN_IN_AGE_S_MAX),
      });
      const finish = async (answer: string): Promise<Person> => {
        const back = new URL(returnTo);
        back.search = answer;
        const kept = await refusing(options, async () => {
          const tokens = await oidc.authorizationCodeGrant(configuration, back, {
            pkceCodeVerifier: verifier,
            expectedState: state,
            expectedNonce: nonce,
            maxAge: SIGN_IN_AGE_S_MAX,
          });
          return readTokens(tokens, options, begunUtcMs);
        });
        people.keep(kept);
        return kept.person;
      };
      return { address: address.href, finish };
    },
    async lookUp(login) {
      // A provider that rotates tokens takes two questions at once with one token for a theft.
      const asked = asking.get(login) ?? standing.ask(login).finally(() => asking.delete(login));
      asking.set(login, asked);
      return await asked;
    },
  };
}

/** Asks by refresh tokens whether those who came in still may. */
class StandingByToken {
  readonly #provider: Provider;
  readonly #people: KeptPeople;
  readonly #options: OpenIDConnectOptions;

  constructor(provider: Provider, people: KeptPeople, options: OpenIDConnectOptions) {
    this.#provider = provider;
    this.#people = people;
    this.#options = options;
  }

  /** @throws DirectoryUnavailable */
  async ask(login: string): Promise<Person | null> {
    const kept = this.#people.find(login);
    if (kept === null) return null;
    const configuration = await this.#provider.configuration();
    try {
      const tokens = await oidc.refreshTokenGrant(configuration, kept.refreshToken);
      const next = renewed(tokens, kept, this.#options);
      // Somebody who signed in anew meanwhile has a token of their own, which stays.
      if (this.#isNewest(kept)) this.#people.keep(next);
      return next.person;
    } catch (fault) {
      if (isRefusal(fault) || fault instanceof DirectoryAccountUnfit) {
        if (!this.#isNewest(kept)) return await this.ask(login);
        this.#people.forget(login);
        return null;
      }
      this.#options.onFault?.(
        'the provider does not say whether somebody may stay',
        describeProviderFault(fault),
      );
      throw new DirectoryUnavailable('The provider does not answer about somebody.', {
        cause: fault,
      });
    }
  }

  #isNewest({ person, refreshToken }: KeptPerson): boolean {
    return this.#people.find(person.login)?.refreshToken === refreshToken;
  }
}

/** Runs the exchange of an answer; whatever is wrong with it is one answer to the person. */
async function refusing(
  { onFault }: OpenIDConnectOptions,
  exchange: () => Promise<KeptPerson>,
): Promise<KeptPerson> {
  try {
    return await exchange();
  } catch (fault) {
    if (fault instanceof DirectoryAccountUnfit) throw fault;
    onFault?.('a sign-in at the provider is refused', describeProviderFault(fault));
    if (fault instanceof DirectoryAnswerUnusable || fault instanceof DirectoryAnswerRefused)
      throw fault;
    if (isRefusal(fault) || isWrongAnswer(fault))
      throw new DirectoryAnswerRefused({ cause: fault });
    throw new DirectoryUnavailable('The provider does not exchange the code.', { cause: fault });
  }
}

/** @throws DirectoryAnswerRefused, DirectoryAnswerUnusable, DirectoryAccountUnfit */
function readTokens(tokens: Tokens, table: ClaimTable, begunUtcMs: number): KeptPerson {
  const claims = tokens.claims();
  if (claims === undefined) throw new DirectoryAnswerUnusable('The provider gave no ID token.');
  const authenticatedS = claims.auth_time ?? 0;
  if (authenticatedS < begunUtcMs / 1_000 - SKEW_S_MAX) throw new DirectoryAnswerRefused();
  if (tokens.refresh_token === undefined) {
    throw new DirectoryAnswerUnusable(
      'The provider gave no refresh token, without which it cannot be asked again (scope offline_access).',
    );
  }
  const person = claimedPerson(claims, table);
  return { person, subject: claims.sub, refreshToken: tokens.refresh_token };
}

/** The ID token must speak of the same person (OpenID Connect Core 1.0 §12.2). @throws DirectoryAccountUnfit */
function renewed(tokens: Tokens, kept: KeptPerson, table: ClaimTable): KeptPerson {
  const claims = tokens.claims();
  if (claims === undefined)
    throw new DirectoryAnswerUnusable('The provider renews without an ID token.');
  const { login, roles } = claimedPerson(claims, table);
  if (claims.sub !== kept.subject || login !== kept.person.login)
    throw new DirectoryAccountUnfit('no-role');
  return {
    person: { ...kept.person, roles },
    subject: claims.sub,
    refreshToken: tokens.refresh_token ?? kept.refreshToken,
  };
}
