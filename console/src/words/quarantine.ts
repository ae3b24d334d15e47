/** Words of where a record is in its quarantine. */
import type { HeldReason, QuarantineState } from '@chaperone/domain/quarantine/quarantine.ts';
import { QUARANTINE_SENTENCES } from '@chaperone/domain/quarantine/quarantine.ts';

export const QUARANTINE_WORDS = {
  title: 'Virus check',
  states: {
    waiting: 'Waits to be checked',
    scanning: 'Being checked',
    held: 'Held',
    released: 'Released',
    infected: 'Virus found',
  } satisfies Record<QuarantineState, string>,
  unscanned: 'Not scanned',
  unscannedLead: 'This demo has no virus scanner: files are released without a check.',
  held: {
    'scanner-unreachable': 'Held: scanner does not answer',
    'scanner-refused': 'Held: scanner refused',
    'scan-timed-out': 'Held: scan took too long',
    'definitions-unknown': 'Held: definitions unknown',
    'definitions-old': 'Held: definitions too old',
    'too-large': 'Held: too large to check',
    'archive-limit': 'Held: archive too large',
    'archive-encrypted': 'Held: password',
    'archive-unreadable': 'Held: archive not readable',
    'record-unreadable': 'Held: not readable',
  } satisfies Record<HeldReason, string>,
  sentences: QUARANTINE_SENTENCES,
  signature: (name: string) => `The scanner calls it “${name}”.`,
  destroy: 'Destroy …',
  destroyNamed: (name: string) => `Destroy ${name}`,
  destroyTitle: 'Destroy this file now?',
  destroyLead:
    'It was never released, and nobody has seen what is in it. It is gone at once; the ledger keeps that it was destroyed, and by whom.',
  destroyAct: 'Destroy it',
  scanner: {
    'scanner-unreachable':
      'The virus scanner does not answer. Files are fetched and kept, and open once it is back.',
    'definitions-unknown':
      'It is not known how old the definitions of the virus scanner are. Files are fetched and kept, and open once freshclam has run.',
    'definitions-old':
      'The definitions of the virus scanner are too old. Files are fetched and kept, and open once freshclam has run.',
  },
} as const;
