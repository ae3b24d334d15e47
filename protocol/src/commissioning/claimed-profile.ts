/**
 * A network profile as a file brings it, before it is known to be one: what people ask for is wider than what a cart takes.
 *
 * `networkProfile` of the panel API says only that a member has another form. Whoever brings an open network, TKIP or EAP-TLS
 * should read why a cart does not take it, so that this is read first.
 */
import type { RefusedSetting } from '@chaperone/domain/network/refused-setting.ts';
import { enterpriseRefusals } from '@chaperone/domain/network/enterprise-rule.ts';
import { wifiRefusals } from '@chaperone/domain/network/wifi-rule.ts';
import { z } from 'zod';

/** Characters; the longest is a list of CA certificates. */
const TEXT_CHARACTERS_MAX = 64 * 1024;
const WORD_CHARACTERS_MAX = 64;

const text = z.string().max(TEXT_CHARACTERS_MAX).nullish();
const claimedEnterprise = z.object({
  eap: text,
  identity: text,
  anonymousIdentity: text,
  password: text,
  caCertificates: text,
  serverName: text,
});
const claimedProfile = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('wifi'),
    ssid: z.string().max(200),
    security: claimedEnterprise.extend({
      kind: z.string().max(WORD_CHARACTERS_MAX),
      ciphers: z.array(z.string().max(WORD_CHARACTERS_MAX)).max(16).optional(),
      passphrase: text,
    }),
  }),
  z.object({ kind: z.literal('wired'), enterprise: claimedEnterprise.nullish() }),
]);

/** Lists what a cart refuses in what a file asks for; empty also where the file says nothing that can be read. */
export function refusedClaims(value: unknown): readonly RefusedSetting[] {
  const claimed = claimedProfile.safeParse(value);
  if (!claimed.success) return [];
  const profile = claimed.data;
  if (profile.kind === 'wifi') return wifiRefusals(profile);
  const { enterprise } = profile;
  return enterprise === null || enterprise === undefined
    ? []
    : enterpriseRefusals(enterprise, 'enterprise');
}
