/** Asks the browser for a passkey, and says in our codes what it says in its own. Only the person's refusal is usual. */
import {
  WebAuthnError,
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/browser';

/** The browser gave no passkey. */
export class PasskeyProblem extends Error {
  readonly code: 'PASSKEY_NOT_GIVEN' | 'PASSKEY_KNOWN' | 'PASSKEY_UNSUPPORTED';

  constructor(code: PasskeyProblem['code'], options: { readonly cause?: unknown } = {}) {
    super('The browser gave no passkey.', options);
    this.name = 'PasskeyProblem';
    this.code = code;
  }
}

/** Has the browser make a passkey. @throws PasskeyProblem */
export async function makePasskey(options: object): Promise<RegistrationResponseJSON> {
  const optionsJSON = options as PublicKeyCredentialCreationOptionsJSON;
  return await given(() => startRegistration({ optionsJSON }));
}

/** Has the browser use a passkey. @throws PasskeyProblem */
export async function presentPasskey(options: object): Promise<AuthenticationResponseJSON> {
  const optionsJSON = options as PublicKeyCredentialRequestOptionsJSON;
  return await given(() => startAuthentication({ optionsJSON }));
}

async function given<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  if (!browserSupportsWebAuthn()) throw new PasskeyProblem('PASSKEY_UNSUPPORTED');
  try {
    return await ask();
  } catch (cause) {
    const known =
      cause instanceof WebAuthnError && cause.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED';
    throw new PasskeyProblem(known ? 'PASSKEY_KNOWN' : 'PASSKEY_NOT_GIVEN', { cause });
  }
}
