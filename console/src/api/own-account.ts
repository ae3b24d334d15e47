/** What the console asks the desk for about the one who is signed in: sign-ins, password, second factor. */
import {
  confirmed as confirmation,
  deskState,
  ownFactor,
  recoveryCodeList,
  signInList,
} from '@chaperone/protocol/console-api/administration.ts';
import { codeOffer, passkeyOptions } from '@chaperone/protocol/console-api/schema.ts';
import { z } from 'zod';
import { ask } from './ask.ts';
import { confirmed } from './confirmation.ts';

export type DeskState = z.infer<typeof deskState>;
export type OwnFactor = z.infer<typeof ownFactor>;

/** What confirms: the password, and what the person set up beside it. */
export interface Confirmation {
  readonly password: string;
  readonly code?: string;
  readonly passkey?: object;
}

const fresh = <S extends z.ZodType>(schema: S, path: string, body: object) =>
  confirmed(() => ask(schema, 'POST', path, body));

export const ownAccount = {
  deskState: () => ask(deskState, 'GET', '/api/desk'),
  signIns: () => ask(signInList, 'GET', '/api/me/sign-ins'),
  signOutEverywhere: () => ask(z.null(), 'POST', '/api/me/sign-out-everywhere', {}),
  confirmationOptions: () => ask(passkeyOptions, 'POST', '/api/me/confirm/passkey/options', {}),
  confirm: (body: Confirmation) => ask(confirmation, 'POST', '/api/me/confirm', body),
  changePassword: (password: string) => fresh(z.null(), '/api/me/password', { password }),
  factor: () => ask(ownFactor, 'GET', '/api/me/factor'),
  offerCode: () => fresh(codeOffer, '/api/me/factor/code/options', {}),
  takeCode: (code: string) => fresh(ownFactor, '/api/me/factor/code', { code }),
  offerPasskey: () => fresh(passkeyOptions, '/api/me/factor/passkey/options', {}),
  takePasskey: (answer: object) => fresh(ownFactor, '/api/me/factor/passkey', answer),
  newRecoveryCodes: () => fresh(recoveryCodeList, '/api/me/factor/recovery-codes', {}),
};
