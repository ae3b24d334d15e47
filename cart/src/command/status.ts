/** `status`: what the running agent is doing. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { panelView } from '@chaperone/protocol/panel-api/schema.ts';
import { ADDRESS_FILE, AgentNotRunning, CREDENTIAL_FILE } from '../panel-api/panel-api.ts';
import { lookAtEvidence } from '../evidence/evidence.ts';
import type { EvidenceStanding } from '../evidence/evidence.ts';
import { openLog } from '../platform/log.ts';
import { certificateWords } from './certificate-words.ts';
import type { Command } from './call.ts';
import { facilityPolicyWords } from './facility-words.ts';
import { divergenceWords } from './evidence.ts';
import { licenceWords } from './licence-words.ts';

const STATUS_TIMEOUT_MS = 3000;

export const statusCommand: Command = {
  name: 'status',
  usage: ['say what the running agent is doing'],
  options: {},
  async run({ configuration: { dataDirectory }, output }) {
    const read = async (file: string): Promise<string> =>
      (await readFile(path.join(dataDirectory, file), 'utf8').catch(notRunning)).trim();
    const address = await read(ADDRESS_FILE);
    const credential = await read(CREDENTIAL_FILE);
    const answer = await fetch(`${address}/api/view`, {
      headers: { authorization: `Bearer ${credential}` },
      signal: AbortSignal.timeout(STATUS_TIMEOUT_MS),
    }).catch(notRunning);
    const view = panelView.safeParse(await answer.json().catch(() => null));
    if (!view.success) return notRunning();
    const { phase, cart, session, licence, certificate, facility, journalWritable } = view.data;
    const { standing } = await lookAtEvidence(dataDirectory, openLog('error'));
    output.result(
      {
        ...cart,
        phase,
        caseNumber: session?.caseNumber ?? null,
        panel: address,
        licence,
        certificate,
        facility,
        journalWritable,
        evidence: standing,
      },
      [
        `${cart.serial}: ${phase}${session === null ? '' : `, case ${session.caseNumber}`}`,
        `Panel: ${address}/`,
        ...(licence === null ? [] : [licenceWords(licence)]),
        ...(certificate === null ? [] : certificateWords(certificate)),
        ...facilityPolicyWords(facility),
        ...evidenceWords(standing),
        ...(journalWritable ? [] : ['The journal cannot be written: nothing new can be allowed.']),
      ],
    );
    return 0;
  },
};

function evidenceWords(standing: EvidenceStanding): readonly string[] {
  const { ledgerSize, receipts, receiptsAwaiting, diverged } = standing;
  const seen = ledgerSize === null ? 'no ledger seen yet' : `ledger seen at ${ledgerSize} entries`;
  const waits = receiptsAwaiting === 0 ? '' : `, ${receiptsAwaiting} not countersigned yet`;
  return [`Evidence: ${receipts} session receipts${waits}; ${seen}.`, ...divergenceWords(diverged)];
}

function notRunning(cause?: unknown): never {
  throw new AgentNotRunning('No agent runs on this data directory.', { cause });
}
