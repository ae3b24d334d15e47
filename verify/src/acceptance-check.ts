/**
 * Verifies a cart's acceptance report: whose key signed it, that it does not contradict itself, and that the gateway countersigned it.
 *
 * What the cart saw of its network nobody else has seen; this shows that the cart says so, unaltered, and when the gateway heard it.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import {
  contradictionsOf,
  readAcceptanceReceipt,
} from '@chaperone/protocol/commissioning/acceptance-check.ts';
import {
  ACCEPTANCE_TYP,
  acceptanceFile,
  acceptanceReportClaims,
} from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type {
  AcceptanceFile,
  AcceptanceReportClaims,
} from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { StatementInvalid, chainOf, readStatement } from '@chaperone/protocol/signed/statement.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { decodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { checkRoot, isStrict } from './cart-signer.ts';
import type { CertificateReader, CertifiedKey } from './cart-signer.ts';
import { Findings, judge } from './check.ts';
import type { Check, Report } from './check.ts';

export interface AcceptanceTrust {
  readonly certificates: CertificateReader;
  readonly pinnedRoot?: string | undefined;
  readonly pinnedKey?: string | undefined;
}

/** How the file says what it is. */
export const ACCEPTANCE_KIND = 'chaperone-acceptance';

interface Signed {
  readonly claims: AcceptanceReportClaims;
  readonly by: CertifiedKey;
}

/** Tells whether a value says that it is an acceptance file. */
export function isAcceptance(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === ACCEPTANCE_KIND
  );
}

/** Reads what says that it is one; null when it is not in the form of one. */
export function readAcceptance(value: unknown): AcceptanceFile | null {
  const parsed = acceptanceFile.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Checks everything in the file. */
export async function verifyAcceptance(
  file: AcceptanceFile,
  trust: AcceptanceTrust,
): Promise<Report> {
  const authority = checkRoot(file.root, trust.pinnedRoot, trust.certificates);
  const checks: Check[] = [authority.check];
  const { check, signed } = await checkSignature(file.report, authority.root, trust.certificates);
  checks.push(check);
  if (signed !== null) {
    checks.push(checkClaims(signed));
    checks.push(await checkReceipt(file, signed.claims, trust.pinnedKey));
  }
  return judge(checks);
}

async function checkSignature(
  jws: string,
  root: string | null,
  certificates: CertificateReader,
): Promise<{ readonly check: Check; readonly signed: Signed | null }> {
  const found = new Findings('The report is signed by the key of a cart of that root');
  const signed = await readSigned(jws, root, certificates, found);
  if (signed !== null) {
    const { serial, notBeforeMs, notAfterMs } = signed.by;
    found.note(`Cart ${serial}, ${signed.claims.model}, at ${signed.claims.facility}.`);
    const signedMs = signed.claims.iat * 1000;
    if (signedMs < notBeforeMs || signedMs > notAfterMs)
      found.note("By the cart's own clock its certificate was not in date when it signed.");
  }
  return { check: found.done(), signed };
}

async function readSigned(
  jws: string,
  root: string | null,
  certificates: CertificateReader,
  found: Findings,
): Promise<Signed | null> {
  if (!isStrict(jws)) {
    found.problem('The report is not as a signer writes it.');
    return null;
  }
  try {
    const [leaf = ''] = chainOf(jws);
    const der = decodeBase64(leaf);
    if (der === undefined) throw new StatementInvalid('x5c');
    const by = certificates.cart(encodePEM('CERTIFICATE', der), root);
    const { report } = ACCEPTANCE_TYP;
    const claims = await readStatement(jws, report, acceptanceReportClaims, by.key, by.algorithm);
    return { claims, by };
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    found.problem(
      fault instanceof StatementInvalid
        ? 'The report was altered, says what no report can say, or its own certificate is not that of the key that signed it.'
        : `The certificate in the report: ${fault.message}`,
    );
    return null;
  }
}

function checkClaims({ claims, by }: Signed): Check {
  const found = new Findings('The report does not contradict itself');
  if (claims.iss !== by.serial)
    found.problem(`It is in the name of ${claims.iss}, and signed by ${by.serial}.`);
  if (claims.certificate.serial !== by.certificateSerial)
    found.problem('It names another certificate than that of the key that signed it.');
  for (const contradiction of contradictionsOf(claims)) found.problem(contradiction);
  const { steps } = claims.validation;
  const named = (result: string): string =>
    steps
      .filter((step) => step.result === result)
      .map(({ step }) => step)
      .join(', ');
  const signed = new Date(claims.iat * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const verdict = claims.accepted ? 'Accepted' : 'NOT accepted';
  found.note(`${verdict} by ${claims.acceptedBy}, ${signed} UTC by the cart's clock.`);
  if (named('failed') !== '') found.note(`Failed: ${named('failed')}.`);
  if (named('warned') !== '') found.note(`With a remark: ${named('warned')}.`);
  if (named('left-out') !== '') found.note(`Left out: ${named('left-out')}.`);
  found.note(
    `${claims.firewall.length} firewall rules, all outbound, as network and road need them.`,
  );
  if (claims.demo) found.note('It was made by a demonstration system.');
  return found.done();
}

async function checkReceipt(
  { report, receipt, ledgerKey }: AcceptanceFile,
  { jti, iss }: AcceptanceReportClaims,
  pinnedKey: string | undefined,
): Promise<Check> {
  const found = new Findings("The gateway's ledger countersigned the report");
  if (pinnedKey !== undefined && pinnedKey !== ledgerKey.trim()) {
    found.problem('The ledger key in the file is not the one that was given with --key.');
    return found.done();
  }
  if (receipt === null) {
    found.note('Not yet: the gateway had not received it when the file was written.');
    return found.done();
  }
  try {
    const key = parseVerifierKey(ledgerKey.trim());
    if (!isStrict(receipt)) throw new StatementInvalid('receipt');
    const claims = await readAcceptanceReceipt(receipt, key);
    const isOfIt =
      claims.report === jti && claims.cart === iss && claims.sha256 === statementDigest(report);
    if (!isOfIt) found.problem('The countersignature is that of another report.');
    else if (claims.iss !== key.name) found.problem('The countersignature names another ledger.');
    else {
      const received = new Date(claims.receivedUtcMs).toISOString().slice(0, 19).replace('T', ' ');
      found.note(`Received ${received} UTC by ${key.name}. It says nothing of what is true in it.`);
      if (pinnedKey === undefined)
        found.note(
          'The ledger key came with the file: give --key to compare it with the one you keep.',
        );
    }
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    found.problem('The countersignature was altered, or is not of the ledger key in the file.');
  }
  return found.done();
}
