/** `accept`, `report`, `firewall`: what is signed at the end, and what the hospital gets of it. */
import { acceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { acceptedReport } from '@chaperone/protocol/panel-api/engineer.ts';
import type { AcceptedReport } from '@chaperone/protocol/panel-api/engineer.ts';
import { facilityIn } from '@chaperone/protocol/commissioning/validation.ts';
import { z } from 'zod';
import type { Command } from './call.ts';
import { writeOutput } from './input.ts';
import { readState } from './state.ts';

export const acceptCommand: Command = {
  name: 'accept',
  usage: [
    'sign the acceptance report over the last validation, and send it to the gateway:',
    '--facility NAME   of the hospital; as the licence has it when left out',
    '--by NAME         whose hands',
  ],
  options: { facility: 'text', by: 'text' },
  async run({ ask, options, output }) {
    const { validation } = readState(await ask({ act: 'state' }));
    const facility =
      options.text('facility') ?? facilityIn(validation?.steps ?? []) ?? options.needed('facility');
    const acceptedBy = options.needed('by');
    const accepted = acceptedReport.parse(await ask({ act: 'accept', facility, acceptedBy }));
    const { report } = readState(await ask({ act: 'state' }));
    output.result({ ...accepted, report }, wordsOf(accepted, report?.id));
    return accepted.became === 'refused' ? 1 : 0;
  },
};

/** @param id of the newest report that is worth something */
function wordsOf({ became, refusal }: AcceptedReport, id = '?'): readonly string[] {
  switch (became) {
    case 'received':
      return [`Signed: ${id}.`, 'The gateway has it, and has countersigned.'];
    case 'waiting':
      return [`Signed: ${id}.`, 'The gateway has not got it yet; it is sent again by itself.'];
    case 'refused':
      return [
        `The gateway refused the report, and it is not sent again: ${refusal?.said ?? 'it said no more.'} (${refusal?.code ?? '?'})`,
        'Validate and accept anew. If that is refused too, the service centre has to look at it.',
      ];
  }
}

export const reportCommand: Command = {
  name: 'report',
  usage: [
    'print the newest acceptance report as JSON, for "chaperone verify":',
    '--page FILE   write it as one printable page instead',
  ],
  options: { page: 'text' },
  async run({ ask, options, output }) {
    const page = options.text('page');
    if (page === undefined) {
      const file = acceptanceFile.parse(await ask({ act: 'report' }));
      output.result(file, JSON.stringify(file));
      return 0;
    }
    await writeOutput(page, z.string().parse(await ask({ act: 'page' })));
    output.result({ page }, `Written: ${page}`);
    return 0;
  },
};

export const firewallCommand: Command = {
  name: 'firewall',
  usage: [
    "print the text that the hospital's firewall team needs, from what is known: before anything is validated, too",
  ],
  options: {},
  async run({ ask, output }) {
    const text = z.string().parse(await ask({ act: 'firewall' }));
    output.result({ text }, text.trimEnd());
    return 0;
  },
};
