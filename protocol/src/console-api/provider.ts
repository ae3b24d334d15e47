/**
 * The first gate on a provider's page (OpenID Connect), where the directory is one.
 *
 *   POST /api/sign-in/provider          ProviderSignIn → ProviderRedirect: where the browser goes
 *   POST /api/sign-in/provider/answer   ProviderAnswer → SignInProgress
 *
 * The provider sends the browser back to `PROVIDER_RETURN_PATH` of the console, a page like any other: it hands the query of
 * its address over by a request of its own, with which the cookie of the first request comes. No request of another origin
 * signs anybody in.
 */
import { z } from 'zod';
import { plain } from './plain-text.ts';

/** To be registered at the provider, behind the console's origin. */
export const PROVIDER_RETURN_PATH = '/sign-in/returned';
/** Entra ID's codes have up to 4 kB. */
export const PROVIDER_ANSWER_CHARACTERS_MAX = 16_384;

const id = plain(z.string().max(64));

export const providerSignIn = z.strictObject({ workstation: id });
export const providerRedirect = z.object({ address: z.string() });
export const providerAnswer = z.strictObject({
  workstation: id,
  /** The query of the address, with its `?`. */
  answer: plain(z.string().max(PROVIDER_ANSWER_CHARACTERS_MAX)),
});
