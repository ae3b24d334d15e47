/**
 * All accounts of one facility as one archive: JSON and CSV to read, and evidence, certificates, receipts, policies and the ledger's face
 * as they were signed, so that `chaperone verify` checks them offline.
 *
 * | file | holds |
 * |---|---|
 * | `README.txt` | what is here and how to check it |
 * | `carts.csv`, `cases.csv`, `sessions.csv`, `files.csv`, `held.csv`, `policies.csv` | tables |
 * | `accounts.json` | the same, and what has no column |
 * | `evidence/<case>.json`, `receipts/<case>-<n>.json` | a bundle each, for the verifier |
 * | `certificates/<case>.jws`, `policies/<version>.jws` | as they were signed; the first for the verifier, too |
 *
 * Names of files are in `files.csv` and in receipts while their case lasts, and in no other place.
 * | `ledger/checkpoint.txt`, `ledger/key.txt`, `ledger/cart-root.pem` | what the verifier is given |
 */
import { readReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { ReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import { CASES_PER_PAGE, SESSIONS_PER_PAGE } from '../contract.ts';
import type { FacilityAccounts, FacilityCase, LedgerFace, SessionOfFacility } from '../contract.ts';
import { csvOf } from './csv.ts';
import type { ArchivedFile } from './tar.ts';

export { tarOf } from './tar.ts';

/** Gathers the files of an archive, one after another. */
export async function* archiveOf(
  accounts: FacilityAccounts,
  face: LedgerFace,
  facility: string,
  utcMs: number,
): AsyncGenerator<ArchivedFile, void, undefined> {
  const carts = await accounts.carts();
  const cases = await allCases(accounts);
  const sessions = await allSessions(accounts);
  const held = await accounts.held();
  const { brought, carts: cartPolicies } = await accounts.policies();
  yield { name: 'README.txt', content: readme(facility, utcMs, face.verifierKey()) };
  const gathered = { facility, utcMs, carts, cases, sessions, held, policies: cartPolicies };
  yield { name: 'accounts.json', content: `${JSON.stringify(gathered, null, 2)}\n` };
  yield {
    name: 'carts.csv',
    content: csvOf([
      ['cart', 'cases', 'last session'],
      ...carts.map((cart) => [cart.serial, cart.cases, when(cart.lastSessionUtcMs)]),
    ]),
  };
  yield { name: 'cases.csv', content: casesCSV(cases) };
  yield { name: 'sessions.csv', content: sessionsCSV(sessions) };
  yield {
    name: 'held.csv',
    content: csvOf([
      [
        'case',
        'cart',
        'records',
        'bytes',
        'not released',
        'infected',
        'exports owed',
        'legal hold',
      ],
      ...held.map((each) => [
        each.case.number,
        each.case.cart,
        each.records,
        each.bytes,
        each.neverReleased,
        each.infected,
        each.exportsOwed,
        each.case.isHeld ? 'yes' : 'no',
      ]),
    ]),
  };
  yield {
    name: 'policies.csv',
    content: csvOf([
      ['cart', 'version on the cart', 'since', 'version meant for it', 'behind', 'key on the cart'],
      ...cartPolicies.map(({ cart, taken, meant, isBehind }) => [
        cart,
        taken?.version ?? null,
        when(taken?.installedUtcMs ?? null),
        meant,
        isBehind ? 'yes' : 'no',
        taken?.facilityKey ?? null,
      ]),
    ]),
  };
  for (const { version, jws } of brought) yield { name: `policies/${version}.jws`, content: jws };
  const files: (readonly (string | number)[])[] = [];
  for (const [index, { id, caseId, caseNumber, cart }] of sessions.entries()) {
    const receipt = await accounts.receipt(caseId, id);
    if (receipt === null) continue;
    yield { name: `receipts/${caseId}-${index + 1}.json`, content: JSON.stringify(receipt) };
    for (const line of receipt.files ?? []) {
      const file = readReceiptFile(line);
      if (file !== undefined) files.push([caseNumber, cart, ...cellsOf(file)]);
    }
  }
  yield { name: 'files.csv', content: csvOf([FILE_COLUMNS, ...files]) };
  for (const { id } of cases) {
    const certificate = await accounts.certificate(id);
    if (certificate !== null) yield { name: `certificates/${id}.jws`, content: certificate.jws };
    const evidence = await accounts.evidence(id);
    if (evidence !== null) yield { name: `evidence/${id}.json`, content: JSON.stringify(evidence) };
  }
  // Last: a checkpoint that knows of everything above.
  yield { name: 'ledger/checkpoint.txt', content: face.checkpoint() };
  yield { name: 'ledger/key.txt', content: `${face.verifierKey()}\n` };
  yield { name: 'ledger/cart-root.pem', content: face.cartRootPEM };
}

const FILE_COLUMNS = [
  'case',
  'cart',
  'when',
  'direction',
  'name',
  'bytes',
  'SHA-256',
  'outcome',
] as const;

function cellsOf(file: ReceiptFile): readonly (string | number)[] {
  const { utcMs, direction, name, bytes, sha256, outcome } = file;
  return [new Date(utcMs).toISOString(), direction, name, bytes, sha256 ?? '', outcome];
}

async function allCases(accounts: FacilityAccounts): Promise<readonly FacilityCase[]> {
  const all: FacilityCase[] = [];
  for (let page = 1; ; page += 1) {
    const { cases } = await accounts.cases(page);
    all.push(...cases);
    if (cases.length < CASES_PER_PAGE) return all;
  }
}

async function allSessions(accounts: FacilityAccounts): Promise<readonly SessionOfFacility[]> {
  const all: SessionOfFacility[] = [];
  for (let page = 1; ; page += 1) {
    const { sessions } = await accounts.allSessions(page);
    all.push(...sessions);
    if (sessions.length < SESSIONS_PER_PAGE) return all;
  }
}

function casesCSV(cases: readonly FacilityCase[]): string {
  return csvOf([
    ['case', 'id', 'cart', 'state', 'opened', 'resolved', 'certified', 'legal hold'],
    ...cases.map((each) => [
      each.number,
      each.id,
      each.cart,
      each.state,
      when(each.openedUtcMs),
      when(each.resolvedUtcMs),
      each.isCertified ? 'yes' : 'no',
      each.isHeld ? 'yes' : 'no',
    ]),
  ]);
}

function sessionsCSV(sessions: readonly SessionOfFacility[]): string {
  return csvOf([
    [
      'case',
      'cart',
      'technician',
      'technician id',
      'workstation id',
      'consent',
      'activities',
      'end',
      'reason',
      'files fetched',
      'bytes fetched',
      'files placed',
      'bytes placed',
    ],
    ...sessions.map((each) => [
      each.caseNumber,
      each.cart,
      each.technicianName,
      each.technicianId,
      each.workstationId,
      when(each.grantedUtcMs),
      each.activities.join(' '),
      when(each.end?.utcMs ?? null),
      each.end?.reason ?? null,
      each.moved?.filesFetched ?? null,
      each.moved?.bytesFetched ?? null,
      each.moved?.filesPlaced ?? null,
      each.moved?.bytesPlaced ?? null,
    ]),
  ]);
}

function when(utcMs: number | null): string | null {
  return utcMs === null ? null : new Date(utcMs).toISOString();
}

function readme(facility: string, utcMs: number, key: string): string {
  return [
    `Accounts of ${facility}, as the service centre keeps them, ${new Date(utcMs).toISOString()}.`,
    '',
    'Names of files are in files.csv and receipts/ while their case lasts: keep them as patient data. No patient is named elsewhere.',
    'Check evidence/, receipts/ and certificates/ on a computer of yours:',
    '',
    `  chaperone verify --key '${key}' --cart-root ledger/cart-root.pem --seen ledger/checkpoint.txt evidence/*.json`,
    '',
    'Compare the key with the one that you wrote down, not with the one in this archive.',
    '',
  ].join('\n');
}
