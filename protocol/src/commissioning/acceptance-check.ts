/**
 * Holds what an acceptance report says against itself, and reads countersignatures. Works in Node and in a browser.
 *
 * A signature shows who signed. That the steps are those of a validation, that the verdict follows from them, and that the
 * firewall rules follow from network and road, anybody can see for themselves: so nothing that contradicts itself is taken.
 */
import { isAccepted } from '@chaperone/domain/validation/acceptance.ts';
import { FINDINGS, VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import { readStatement } from '../signed/statement.ts';
import type { VerifierKey } from '../tree/verifier-key.ts';
import { ACCEPTANCE_TYP, acceptanceReceiptClaims } from './acceptance-report.ts';
import type {
  AcceptanceReceiptClaims,
  AcceptanceReportClaims,
  FirewallRule,
} from './acceptance-report.ts';
import { firewallRules } from './firewall.ts';
import type { ValidationStepReport } from './validation.ts';

/** Says each contradiction in a report as a sentence; an empty list is good. */
export function contradictionsOf(claims: AcceptanceReportClaims): readonly string[] {
  const { steps, startedUtcMs, endedUtcMs } = claims.validation;
  const said = steps.flatMap((step, at) => aboutStep(step, at));
  if (endedUtcMs < startedUtcMs) said.push('The validation ended before it began.');
  if (claims.accepted !== isAccepted(steps)) {
    said.push(
      claims.accepted
        ? 'It says that the cart was accepted, and its steps say otherwise.'
        : 'It says that the cart was not accepted, and its steps say otherwise.',
    );
  }
  if (openedBy(claims.firewall) !== openedBy(firewallRules(claims)))
    said.push("The firewall rules do not follow from the cart's network and road.");
  return said;
}

/** What rules open. What each is for is words, and those may become better without making an older report untrue. */
function openedBy(rules: readonly FirewallRule[]): string {
  return JSON.stringify(
    rules.map(({ source, destination, protocol, port }) => [source, destination, protocol, port]),
  );
}

function aboutStep({ step, result, finding, advice }: ValidationStepReport, at: number): string[] {
  const said: string[] = [];
  if (step !== VALIDATION_STEPS[at]) said.push(`Step ${at + 1} is "${step}", out of its order.`);
  const isGood = result === 'passed' || result === 'left-out';
  if (isGood !== (finding === null))
    said.push(`The step "${step}" is ${result}, which does not fit its finding.`);
  else if (finding !== null && FINDINGS[finding] !== step)
    said.push(`The finding ${finding} is not one of the step "${step}".`);
  if (result === 'failed' && advice === null)
    said.push(`The step "${step}" failed, and nothing says what to do.`);
  return said;
}

/** Checks a countersignature by the ledger's key. @throws StatementInvalid */
export async function readAcceptanceReceipt(
  jws: string,
  key: VerifierKey,
): Promise<AcceptanceReceiptClaims> {
  const raw = Uint8Array.from(key.publicKey);
  const publicKey = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  const { receipt } = ACCEPTANCE_TYP;
  return await readStatement(jws, receipt, acceptanceReceiptClaims, publicKey, 'EdDSA');
}
