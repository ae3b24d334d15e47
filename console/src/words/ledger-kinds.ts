/** Kinds of entries, as an auditor looks for them. A kind that is not here is offered as soon as one is seen. */
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';

type Kind = LedgerFact['kind'];

export const LEDGER_KINDS: readonly { readonly group: string; readonly kinds: readonly Kind[] }[] =
  [
    {
      group: 'Who came in',
      kinds: [
        'sign-in',
        'sign-in-refused',
        'second-factor-refused',
        'factor-enrolled',
        'factor-removed',
        'recovery-codes-issued',
        'recovery-code-used',
        'sign-out',
      ],
    },
    {
      group: 'Licences and certificates',
      kinds: [
        'licence-issued',
        'licence-renewed',
        'licence-redeemed',
        'licence-refused',
        'licence-retired',
        'certificate-issued',
        'certificate-revoked',
        'authority-established',
        'licence-root-established',
        'acceptance-report-received',
        'facility-policy-brought',
        'facility-policy-taken',
        'cart-root-announced',
        'cart-root-activated',
        'cart-root-retired',
      ],
    },
    {
      group: 'Cases',
      kinds: [
        'case-opened',
        'technician-designated',
        'note-added',
        'case-aged',
        'case-end-announced',
        'case-end-reminded',
        'case-end-withdrawn',
        'case-resolving',
        'destruction-step',
        'case-resolved',
      ],
    },
    {
      group: 'Sessions',
      kinds: [
        'cart-connected',
        'cart-disconnected',
        'cart-refused',
        'session-requested',
        'grant-received',
        'activity-opened',
        'unmask-asked',
        'watch-asked',
        'watch-granted',
        'watch-ended',
        'session-interrupted',
        'session-resumed',
        'session-paused',
        'session-interlocked',
        'session-interlock-lifted',
        'session-ended',
        'journal-reconciled',
        'journal-diverged',
      ],
    },
    {
      group: 'Files and records',
      kinds: [
        'fetch-begun',
        'send-begun',
        'send-done',
        'transfer-failed',
        'transfer-paused',
        'transfer-resumed',
        'transfer-cancelled',
        'recording-begun',
        'recording-closed',
        'recording-off',
        'record-sealed',
        'snapshot-taken',
        'record-released',
        'record-held',
        'record-infected',
        'record-destroyed',
        'deidentification-ruled',
        'record-deidentified',
        'deidentification-refused',
        'record-viewed',
        'record-exported',
        'export-permitted',
        'export-withdrawn',
        'export-attested',
        'evidence-exported',
        'receipt-countersigned',
        'ledger-contradicted',
        'witness-registered',
        'facts-lost',
      ],
    },
    {
      group: 'Facilities’ officers',
      kinds: [
        'officer-enrolled',
        'officer-retired',
        'officer-refused',
        'officer-sign-in',
        'officer-sign-out',
        'certificate-read',
        'evidence-read',
      ],
    },
    { group: 'Gateway', kinds: ['gateway-started'] },
  ];

const OTHERS = 'Others';

/** The groups, with kinds that were seen and that no group knows. */
export function kindGroups(
  seen: readonly string[],
): readonly { readonly group: string; readonly kinds: readonly string[] }[] {
  const known = new Set<string>(LEDGER_KINDS.flatMap(({ kinds }) => kinds));
  const others = [...new Set(seen)].filter((kind) => !known.has(kind)).sort();
  return others.length === 0 ? LEDGER_KINDS : [...LEDGER_KINDS, { group: OTHERS, kinds: others }];
}

/** Such as "Licence issued". */
export function kindText(kind: string): string {
  const text = kind.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
