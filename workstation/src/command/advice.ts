/** What a person should do next, in one sentence: the most urgent thing first. */
import { printable } from '../gateway/problem.ts';
import { NotEnrolled, IdentityExpired } from '../identity/identity-error.ts';
import type { Advice, Seen } from './workstation-state.ts';

export function adviceOf(seen: Seen): Advice {
  const sentence = firstTrouble(seen);
  return sentence === null
    ? { advice: 'All is well; there is nothing to do.', isWell: true }
    : { advice: sentence, isWell: false };
}

function firstTrouble({ enrolled, browser, atGateway, trouble }: Seen): string | null {
  if (trouble.identity !== null) return trouble.identity.sentence;
  if (enrolled === null) return new NotEnrolled().message;
  if (enrolled.certificate.state === 'ended')
    return new IdentityExpired(enrolled.certificate.expiresUtcMs).message;
  if (trouble.gateway !== null) return trouble.gateway.sentence;
  if (trouble.browser !== null) return trouble.browser.sentence;
  if (browser === null || (browser.certificate === null && browser.kind !== 'none'))
    return 'The enrolment was broken off before the browser had its certificate: call enrol again with the same code.';
  const isDue = browser.certificate !== null && browser.certificate.state !== 'in-force';
  if (isDue && browser.kind === 'pkcs12')
    return 'Make a new PKCS#12 file and import it: chaperone workstation renew';
  if (isDue || enrolled.certificate.state === 'due')
    return 'Certificates are due: chaperone workstation renew';
  if (browser.inStore === 'missing')
    return "The browser's store has lost its certificate: chaperone workstation renew --force";
  if (atGateway?.posture?.length) return printable(atGateway.posture.join(' '));
  const [policy] = browser.policiesMissing;
  if (policy !== undefined)
    return `The browser asks which certificate to show as long as the policy is not in ${policy}: call enrol again with the same code, it says what to put there as root.`;
  return null;
}
