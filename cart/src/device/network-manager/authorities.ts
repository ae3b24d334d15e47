/**
 * The authority that a sign-in server is believed by: the certificates that an engineer brought are opened here, and the one
 * that is pinned is chosen.
 *
 * wpa_supplicant takes one certificate out of a profile and no more (measured with 2.10: of several only the first counts), and
 * OpenSSL believes a chain only up to its root. So the root is pinned; what stands between it and the server the server sends
 * itself. Two roots would need a file beside the profile, and a way back for it (decision 0019).
 */
import { X509Certificate } from 'node:crypto';
import { pemCertificates } from '@chaperone/domain/network/enterprise-rule.ts';
import type {
  EnterpriseSettings,
  NetworkProfile,
} from '@chaperone/domain/network/network-profile.ts';
import { NetworkProfileRefused } from '@chaperone/domain/network/refused-setting.ts';
import type { RefusedSetting } from '@chaperone/domain/network/refused-setting.ts';

const MESSAGES = {
  EAP_CA_MALFORMED:
    'One of these is no certificate that can be read. Ask the hospital’s IT for the CA certificate as PEM.',
  EAP_CA_NOT_AN_AUTHORITY:
    'One of these is no certificate of a CA; it may be the server’s own. Ask the hospital’s IT for the CA certificate.',
  EAP_CA_ROOT_MISSING:
    'The root of this CA is missing: these certificates are issued by another one. Ask the hospital’s IT for the root certificate.',
  EAP_CA_TWO_ROOTS:
    'These are the roots of more than one CA, and the cart can be sure of one. Take the one that has issued the sign-in server’s certificate.',
  EAP_CA_EXPIRED:
    'The root certificate of this CA is not in force: it has expired, or the cart’s clock is wrong. Compare the clock, then ask the hospital’s IT.',
} as const;
export type AuthorityRefusal = keyof typeof MESSAGES;

/** Lets a profile pass whose authorities can be pinned, or that needs none. @throws NetworkProfileRefused */
export function admitAuthorities(profile: NetworkProfile, nowUtcMs: number): void {
  const asked = signInOf(profile);
  const code = asked === null ? null : judgeAuthorities(asked.settings.caCertificates, nowUtcMs);
  if (asked === null || code === null) return;
  const refused: RefusedSetting = {
    field: `${asked.at}.caCertificates`,
    code,
    message: MESSAGES[code],
  };
  throw new NetworkProfileRefused([refused]);
}

/** Says why PEM that has the right form cannot be pinned; null when it can. */
export function judgeAuthorities(pem: string, nowUtcMs: number): AuthorityRefusal | null {
  const certificates = open(pem);
  if (certificates === null || certificates.length === 0) return 'EAP_CA_MALFORMED';
  if (!certificates.every(({ ca }) => ca)) return 'EAP_CA_NOT_AN_AUTHORITY';
  const [root, ...others] = rootsOf(certificates);
  if (root === undefined) return 'EAP_CA_ROOT_MISSING';
  if (others.length > 0) return 'EAP_CA_TWO_ROOTS';
  const isInForce =
    root.validFromDate.getTime() <= nowUtcMs && nowUtcMs < root.validToDate.getTime();
  return isInForce ? null : 'EAP_CA_EXPIRED';
}

/** Chooses the certificate that is pinned, as PEM. @throws RangeError when it was never judged */
export function pinnedAuthority(pem: string): string {
  const texts = pemCertificates(pem);
  const [only, ...more] = texts;
  if (only !== undefined && more.length === 0) return only;
  const [root, ...others] = rootsOf(open(pem) ?? []);
  if (root === undefined || others.length > 0) throw new RangeError('There is no one root.');
  return root.toString();
}

function signInOf(
  profile: NetworkProfile,
): { readonly at: string; readonly settings: EnterpriseSettings } | null {
  if (profile.kind === 'wired') {
    return profile.enterprise === null ? null : { at: 'enterprise', settings: profile.enterprise };
  }
  const { security } = profile;
  return security.kind === 'wpa2-enterprise' ? { at: 'security', settings: security } : null;
}

/** Null: one of them cannot be read. */
function open(pem: string): readonly X509Certificate[] | null {
  try {
    return pemCertificates(pem).map((text) => new X509Certificate(text));
  } catch {
    return null;
  }
}

/** Those that have signed themselves, each once. */
function rootsOf(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  const roots = certificates.filter((each) => each.checkIssued(each) && verifiesItself(each));
  return [...new Map(roots.map((each) => [each.fingerprint256, each])).values()];
}

function verifiesItself(certificate: X509Certificate): boolean {
  try {
    return certificate.verify(certificate.publicKey);
  } catch {
    // A key of a kind that OpenSSL does not know.
    return false;
  }
}
