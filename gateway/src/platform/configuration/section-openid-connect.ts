/** A directory of the kind `openid-connect`: a provider such as Entra ID or AD FS, on whose page people sign in. */
import { z } from 'zod';
import { line, noted, path } from './configuration-field.ts';

/** A value of the roles' claim: the identifier of a group, or the name of a role of the provider's own. */
const values = z.array(line(256)).max(64);
const claim = line(128);

export const openIDConnect = z.strictObject({
  kind: noted(z.literal('openid-connect'), {
    description:
      '`openid-connect`: an OpenID provider such as Entra ID or AD FS, over HTTPS only. Not with `demo: true`. Register ' +
      'the gateway there as a confidential web application, with `https://NAME:PORT/sign-in/returned` of the console as ' +
      'its redirect address.',
  }),
  name: noted(line(60), {
    description: 'The provider as people call it; the console shows “Sign in with” and this name.',
  }),
  issuer: noted(
    z
      .url({ protocol: /^https$/, error: 'expected an https:// address' })
      .refine((text) => !/[?#]/.test(text), 'expected an https:// address without "?" and "#"'),
    {
      description:
        'The issuer identifier, letter for letter as the provider itself says it (`/.well-known/openid-configuration`).',
    },
  ),
  clientId: noted(line(256), {
    description: 'The identifier under which the gateway is registered.',
  }),
  clientSecretFile: noted(path, {
    description: 'File with the secret of that registration, mode 0600.',
    secretFile: true,
  }),
  authoritiesFile: noted(path, {
    description:
      "PEM file of the authorities that the provider's certificates are checked against; no others count.",
  }),
  scopes: noted(
    z.array(line(128).regex(/^\S+$/, 'expected a scope without spaces')).max(16).default([]),
    {
      description:
        'Scopes beside `openid profile offline_access`, where the provider needs one to send the roles.',
    },
  ),
  loginClaim: noted(claim, {
    description:
      'The claim that names a person, to be given to `account add --person`; upper and lower case are one. It must never ' +
      'be given to somebody else: with Entra ID `oid`, with AD FS `upn`.',
  }),
  rolesClaim: noted(claim.default('groups'), {
    description:
      "The claim of the ID token with a person's groups or roles, a text or a list of texts.",
  }),
  groups: z.strictObject({
    technician: noted(values, {
      description: 'The values of that claim which make somebody a technician.',
    }),
    lead: noted(values.default([]), { description: 'The same for leads.' }),
    administrator: noted(values.default([]), { description: 'The same for administrators.' }),
    fieldEngineer: noted(values.default([]), { description: 'The same for field engineers.' }),
    auditor: noted(values.default([]), { description: 'The same for auditors.' }),
  }),
  timeoutMs: noted(z.int().min(100).max(60_000).default(5_000), {
    description: 'How long each answer of the provider may take.',
    unit: 'ms',
  }),
  unreachableMsMax: noted(
    z
      .int()
      .min(0)
      .max(12 * 3_600_000)
      .default(3_600_000),
    {
      description:
        'How long those who are signed in may go on while the provider does not answer; nobody new comes in meanwhile.',
      unit: 'ms',
    },
  ),
});
