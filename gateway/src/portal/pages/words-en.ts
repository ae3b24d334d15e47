/** The portal's words, in English; their shape is that of every language. */
import type { Counted } from '@chaperone/domain/destruction/case-counts.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CaseState } from '@chaperone/domain/service-case/service-case.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';

export const ENGLISH = {
  portal: 'Facility portal',
  demo: 'Demonstration. Nothing here is of a real facility, and nothing is to be relied on.',
  readOnly:
    'This portal shows. The one thing that can be brought here is a policy that your facility has signed.',
  signedInAs: 'Signed in as',
  signOut: 'Sign out',
  overview: 'Overview',
  ledger: 'Ledger',
  back: 'Back to the overview',
  notYet: 'none yet',
  utc: 'All times are UTC.',
  ends: 'Ask the service centre for a new certificate: yours ends on',
  signIn: {
    title: 'Sign in',
    lead: 'Your certificate was recognised. Type the code that your authenticator app shows now.',
    code: 'Six-digit code',
    submit: 'Sign in',
    refused: 'This code was not accepted. Each code works once; wait for the next one.',
    throttled: 'Too many codes were wrong. Wait two minutes, then try again.',
  },
  trouble: {
    notThere: 'There is nothing at this address.',
    notNow: 'Nothing can be recorded at the moment, so nothing is shown. Try again later.',
    tooOften: 'That was often in a short time. Wait a minute, then try again.',
    refused: 'This was not asked from a page of the portal. Open the portal anew.',
    fault: 'Something went wrong at the service centre. Its staff can see it in their log.',
  },
  carts: {
    title: 'Carts',
    lead: 'Carts of this facility that a case was opened for.',
    serial: 'Serial number',
    cases: 'Cases',
    lastSession: 'Last remote session',
    none: 'No case was opened for a cart of this facility yet.',
  },
  cases: {
    title: 'Cases',
    number: 'Number',
    cart: 'Cart',
    opened: 'Opened',
    state: 'State',
    certificate: 'Certificate',
    none: 'There are no cases.',
    newer: 'Newer',
    older: 'Older',
    show: 'show',
  },
  states: {
    open: 'open',
    resolving: 'being destroyed',
    resolved: 'resolved, data destroyed',
  } satisfies Record<CaseState, string>,
  caseAge: {
    held: 'held by two people: not destroyed before they lift it',
    aged: (days: number) => `open for ${days} days`,
    ends: 'nobody resolves it: will be destroyed, not before',
  },
  caseTitle: (number: string) => `Case ${number}`,
  resolvedAt: 'Resolved',
  sessions: {
    title: 'Remote sessions',
    none: 'Nobody was let in for this case.',
    technician: 'Technician',
    consent: 'Consent of the operator',
    activities: 'Allowed',
    moved: 'Files',
    end: 'End',
    running: 'running',
    noReceipt: 'The cart has not reported yet.',
    receipt: 'Receipt, signed by both',
    receiptOfCart: 'Receipt, signed by the cart',
    fetched: (files: string, bytes: string) => `${files} from the cart (${bytes})`,
    placed: (files: string, bytes: string) => `${files} to the cart (${bytes})`,
    files: (count: number) => (count === 1 ? '1 file' : `${count} files`),
  },
  activities: {
    view: 'see the screen',
    control: 'control the screen',
    'fetch-files': 'fetch files',
    'send-files': 'send files',
  } satisfies Record<Activity, string>,
  ended: {
    'operator-ended': 'The operator ended it.',
    'notice-declined': 'The operator declined the notice.',
    'notice-timed-out': 'The notice was not accepted in time.',
    'gateway-unreachable': 'The cart could not reach the service centre.',
    'gateway-refused': 'The service centre refused the cart.',
    'nobody-granted': 'The operator allowed nobody in time.',
    'technician-left': 'The technician ended it.',
    'case-resolved': 'The case was resolved.',
    'gateway-ended': 'The service centre ended it.',
    'connection-lost': 'The connection was lost for too long.',
    'grant-expired': 'The allowed time was over.',
    'session-idle': 'Nothing happened for a while.',
    'consent-withdrawn': 'The operator withdrew the permission.',
    'indicator-lost': 'The cart could no longer show its operator that somebody was in.',
    'facility-closed': "The facility's hours for remote service were over.",
    'agent-stopped': 'The cart’s program was stopped.',
  } satisfies Record<EndReason, string>,
  proof: {
    title: 'Proof',
    lead: 'The evidence holds the ledger’s entries about this case with their proofs, the receipts that the cart signed, the cart’s journal and, once data is destroyed, the certificate. It names no patient. Reading it is written into the ledger.',
    evidence: 'Download the evidence (JSON)',
    certificate: 'Show the certificate of destruction',
    noCertificate: 'There is no certificate of destruction before the case is resolved.',
  },
  certificate: {
    title: 'Certificate of destruction',
    lead: 'All data retrieved for this case was destroyed, and what was looked for afterwards was not found. The service centre’s ledger signed this statement.',
    case: 'Case',
    cart: 'Cart',
    facility: 'Facility',
    records: 'Records destroyed',
    bytes: 'Size',
    method: 'Method',
    technique: 'Technique',
    verification: 'Verification',
    found: 'Found afterwards',
    foundText: (keys: number, records: number, files: number, rows: number) =>
      `${keys} keys, ${records} records, ${files} temporary files, ${rows} entries`,
    object: 'Object',
    media: 'Kept on',
    counts: 'Of these',
    counted: {
      'records-fetched': 'fetched',
      'records-to-send': 'to be sent',
      'records-de-identified': 'de-identified',
      'records-snapshot': 'pictures of the screen',
      'records-recording': 'recordings of the screen',
      'held-infected': 'held back as infected',
      'held-unreleased': 'held back, not released',
      exports: 'exported',
      'exports-attested': 'exports attested as deleted',
      'exports-not-attested': 'exports not attested',
    } satisfies Record<Counted, string>,
    nothingCounted: 'nothing was counted',
    lookedIn: 'Searched',
    byLimit: 'The time limit for unresolved cases, after notice',
    digest: 'SHA-256 of the signed text, as in the ledger',
    disposition: 'Afterwards',
    demoParts: 'Demo parts',
    decidedBy: 'Decided by',
    decided: 'Decided',
    destroyed: 'Destroyed and verified',
    by: 'Issued by',
    tool: 'Program',
    contact: 'Contact',
    entry: 'Ledger entry of the decision',
    demo: 'Issued by a demonstration: not a proof.',
    download: 'Download the signed text (JWS)',
    evidence: 'Download the evidence with this certificate (JSON)',
    check: 'To check it, download the evidence and follow the instruction on the page “Ledger”.',
  },
  ledgerPage: {
    title: 'The ledger',
    lead: 'Everything that happens is written into a ledger that cannot be changed unseen. You need not believe us: keep the key and a checkpoint, and check offline.',
    key: 'Key of the ledger',
    keyLead:
      'Write this line down once, from a source that you trust, and use the same one every time.',
    checkpoint: 'Newest checkpoint',
    checkpointLead:
      'Keep a copy from time to time. Any later ledger has to contain what this one says, or the check fails.',
    download: 'Download the checkpoint',
    root: 'Download the root certificate of the carts (PEM)',
    how: 'How to check offline',
    contradicted: 'This ledger is older than what others saw',
    contradictedLead:
      'Somebody outside remembers more entries than this ledger has, or other ones. The service centre has put back a copy, or somebody has changed it. Ask the service centre, and keep what your own carts and your witness have.',
    byCart: 'a cart remembers entries:',
    byWitness: 'a witness has seen entries:',
    witness: 'Your witness',
    witnessLead:
      'Your own program has seen the ledger with so many entries, and vouches that it continues what it saw before:',
    noWitness:
      'None of yours has vouched for this ledger yet. A program at your place, chaperone verify witness, can do so and keep a copy of its hashes.',
    pageLead:
      'Or without installing anything: keep this page on a disk of yours, open it and drop the files on it. It connects nowhere.',
    page: 'Download the page that checks evidence',
    steps: [
      'Install the verifier, chaperone verify, on a computer of yours; it opens no connection.',
      'Download the evidence of a case here.',
      'Run the command below with the key, the root and the checkpoints that you kept.',
      'It says of each check whether it holds, and ends with code 0 if all do.',
    ],
  },
} as const;

/** The same keys, with texts of any language. */
type Widened<T> = T extends string
  ? string
  : T extends readonly string[]
    ? readonly string[]
    : T extends (...args: infer A) => string
      ? (...args: A) => string
      : { readonly [K in keyof T]: Widened<T[K]> };
export type Words = Widened<typeof ENGLISH>;
