/** Brings a signed report to the gateway over the cart's own road, and checks what comes back for it. */
import { readAcceptanceReceipt } from '@chaperone/protocol/commissioning/acceptance-check.ts';
import { RECEIPT_CHARACTERS_MAX } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { COMMISSIONING_PATHS, reportReceived } from '@chaperone/protocol/commissioning/service.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { readableText } from '@chaperone/protocol/commissioning/plain-value.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { z } from 'zod';
import { askGateway } from '../gateway-question/gateway-question.ts';
import type { RoadSettings } from '../road/road.ts';

/** What the cart shows of itself, and whom it believes. */
export interface Credentials {
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly cartRootPem: string;
  readonly ledgerKey: string;
}

/** Why a gateway will never take a report. */
export interface Refusal {
  readonly code: string;
  /** The gateway's sentence, English; null when it said none. */
  readonly said: string | null;
}

/** `refused`: this report will never be taken. Everything else may be tried again. */
export type Sent =
  | { readonly is: 'received'; readonly receipt: string }
  | ({ readonly is: 'refused' } & Refusal);

const problemSchema = z.object({ detail: z.string() });

const ANSWER_BYTES_MAX = RECEIPT_CHARACTERS_MAX + 4096;
/** Answers that say something of the report itself, and not of the moment. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 409, 413, 422]);

/**
 * Sends a report.
 * @throws what the road and TLS throw, StatementInvalid for a receipt that is none, and an Error for what is no answer
 */
export async function sendReport(
  report: { readonly jws: string; readonly id: string; readonly serial: string },
  road: RoadSettings,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Sent> {
  const { status, body } = await askGateway(
    {
      path: COMMISSIONING_PATHS.reports,
      body: JSON.stringify({ report: report.jws }),
      answerCharactersMax: ANSWER_BYTES_MAX,
    },
    road,
    credentials,
    signal,
  );
  if (FINAL_STATUSES.has(status)) {
    return { is: 'refused', code: codeIn(body), said: sentenceIn(body) };
  }
  if (status !== 200) throw new Error(`The gateway answered ${status} ${codeIn(body)}.`);
  const { receipt } = reportReceived.parse(JSON.parse(body));
  const claims = await readAcceptanceReceipt(receipt, parseVerifierKey(credentials.ledgerKey));
  const isOfIt =
    claims.report === report.id &&
    claims.cart === report.serial &&
    claims.sha256 === statementDigest(report.jws);
  if (!isOfIt) throw new Error('The receipt is that of another report.');
  return { is: 'received', receipt };
}

function codeIn(body: string): string {
  return /"code":"([A-Z0-9_]{1,64})"/.exec(body)?.[1] ?? 'unknown';
}

function sentenceIn(body: string): string | null {
  try {
    const said = readableText(problemSchema.parse(JSON.parse(body)).detail).trim();
    return said === '' ? null : said;
  } catch {
    return null;
  }
}
