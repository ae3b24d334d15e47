/**
 * Everything that gateway and cart store after a day of work: one case resolved and certified after an export, one open with
 * records, a note, an export that is owed, a de-identified record, half an upload, and a file that is half fetched when the
 * gateway is killed; and a facility's policy on the cart.
 */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition/demo-accounts.ts';
import { recordExport } from '@chaperone/protocol/console-api/records.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { makeKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { call } from '../../../tools/demo/program.ts';
import { startDay } from '../../scenario/day.ts';
import type { Day } from '../../scenario/day.ts';
import { eventually } from '../../harness/eventually.ts';
import { Technician } from '../../harness/technician.ts';
import type { Case } from '../../harness/technician.ts';

export interface WorkedDay extends AsyncDisposable {
  /** Holds `gateway`, `cart`, `gateway.json`, `cart.json` and `evidence.json`, as they were left. */
  readonly folder: string;
  readonly openCase: string;
}

export const NOTE = 'a note of the open case';
const UPLOADED = Buffer.alloc(150_000, 'a tool for the cart ');

export async function workADay(): Promise<WorkedDay> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-rot-'));
  try {
    await using day = await startDay();
    const opened = await work(day);
    for (const name of ['gateway', 'cart', 'gateway.json', 'cart.json'])
      await cp(path.join(day.folder, name), path.join(folder, name), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (source) => !statSync(source, { throwIfNoEntry: false })?.isSocket(),
      });
    writeFileSync(path.join(folder, 'evidence.json'), opened.evidence);
    return {
      folder,
      openCase: opened.id,
      [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
    };
  } catch (fault) {
    await rm(folder, { recursive: true, force: true });
    throw fault;
  }
}

async function work(day: Day): Promise<{ readonly id: string; readonly evidence: Buffer }> {
  const { technician, operator } = day;
  const first = day.opened;
  const lead = await signInLead(day);
  await inSession(day, first);
  const [exported] = await exportOne(day, lead, first);
  const attested = `/api/cases/${first.id}/exports/${exported}/attestation`;
  await technician.call('POST', attested, { reason: null });
  await operator.end();
  await technician.sessionWhen(first.id, (session) => session.grant === null);
  await eventually('the resolving', async () => {
    const { state } = await technician.resolve(first.id, first.number);
    return state === 'resolved';
  });
  const answer = await technician.raw('GET', `/api/cases/${first.id}/evidence`);
  const evidence = Buffer.from(await answer.arrayBuffer());
  await operator.dismiss().catch(() => undefined);

  await enrolOfficer(day);
  const second = await technician.openCase(first.cart);
  await technician.designate(second.id, technician.person?.id ?? '');
  await inSession(day, second);
  const [, record] = await exportOne(day, lead, second);
  await technician.call('POST', `/api/cases/${second.id}/records/${record}/deidentification`);
  const begun = await technician.beginUpload(second.id, 'half-uploaded.bin', UPLOADED.length);
  await technician.uploadPiece(second.id, begun.id, 0, UPLOADED.subarray(0, 100_000));
  await fetchHalf(day, second);
  await day.system.gateway.kill();
  await operator.end();
  await operator.viewWhen('the end', (view) => view.phase === 'ended' || view.phase === 'idle');
  await takePolicy(day);
  await day.system.cart.kill();
  return { id: second.id, evidence };
}

async function signInLead({ system }: Day): Promise<Technician> {
  const person = DEMO_SIGN_INS.find(({ roles }) => roles.includes('lead'));
  if (person === undefined) throw new Error('the demo has no lead');
  return await Technician.signIn({
    consoleUrl: system.consoleUrl,
    licenceCode: await system.issueWorkstationLicence('Lead'),
    login: person.directory.login,
    directoryPassword: person.directory.password,
    userId: person.gateway.userId,
    gatewayPassword: person.gateway.password,
  });
}

/** Exports the log that was fetched. @returns export and record */
async function exportOne(
  { technician }: Day,
  lead: Technician,
  { id }: Case,
): Promise<readonly [string, string]> {
  const { recordList } = await technician.case(id);
  const record = recordList.find(({ origin }) => origin === 'fetched')?.id ?? '';
  const permission = { technician: technician.person?.id ?? '' };
  await lead.call('POST', `/api/cases/${id}/export-permissions`, permission);
  const asked = { record, reason: 'a reason of the export' };
  const exported = await technician.ask(recordExport, 'POST', `/api/cases/${id}/exports`, asked);
  return [exported.id, record];
}

/** Pins a facility's key on the cart and installs a policy that it signed, as root does. */
async function takePolicy({ folder, system }: Day): Promise<void> {
  const [key, open, draft, signed] = ['f.key', 'f.pem', 'draft.json', 'policy.jws'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string, string];
  const { output } = await call('facility', ['key', 'new', '--key', key, '--public', open]);
  const fingerprint = output.split('\n')[0]?.replace('Fingerprint: ', '') ?? '';
  const of = ['--facility', 'St. Example Hospital', '--time-zone', 'UTC'];
  await call('facility', ['policy', 'new', ...of, '--output', draft]);
  await call('facility', ['policy', 'sign', '--key', key, '--policy', draft, '--output', signed]);
  const config = ['--config', system.cartConfiguration];
  const pinned = ['--key', open, '--fingerprint', fingerprint];
  await call('cart', ['facility-key', 'set', ...pinned, ...config]);
  await call('cart', ['facility-policy', 'install', '--file', signed, ...config]);
}

/** Enrols a facility's officer at the gateway's terminal. */
async function enrolOfficer({ folder, system }: Day): Promise<void> {
  const { privateKey } = await newKeyPair('p256-sha256');
  const file = path.join(folder, 'officer.csr');
  writeFileSync(file, makeKeyCertificationRequest('An officer', privateKey));
  const order = ['--facility', 'St. Example Hospital', '--name', 'Jo', '--csr', file];
  const config = ['--config', system.gatewayConfiguration];
  await call('gateway', ['portal', 'officer', 'add', ...order, ...config]);
}

/** A session of the case in which a file is fetched and one is sent, and a note is written. */
async function inSession(day: Day, { id, number, cart }: Case): Promise<void> {
  const { technician, operator } = day;
  await operator.viewWhen('the button', (view) => view.phase === 'idle');
  await operator.press();
  await operator.accept();
  await technician.sessionWhen(id, (session) => session.state === 'waiting');
  await technician.request({ id, number, cart });
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  await operator.consent(requests[0]?.id ?? '', ['view', 'fetch-files', 'send-files']);
  await technician.sessionWhen(id, (session) => session.grant !== null);
  const fetched = await technician.fetchFile(id, 'logs', 'system.log');
  await technician.settled(id, fetched.id);
  const record = await technician.upload(id, `tool-${number}.bin`, UPLOADED);
  const sent = await technician.send(id, record);
  await technician.settled(id, sent.id);
  await technician.call('POST', `/api/cases/${id}/notes`, { text: NOTE });
}

/** Begins to fetch the long log, and stops the road when a part of it is staged. */
async function fetchHalf(day: Day, { id }: Case): Promise<void> {
  const staging = path.join(day.system.gatewayData, 'vault', 'staging', id);
  await day.technician.fetchFile(id, 'logs', 'doppler-trace.log');
  const half = (): boolean =>
    readdirSync(staging).some(
      (name) =>
        (statSync(path.join(staging, name), { throwIfNoEntry: false })?.size ?? 0) > 100_000,
    );
  while (!half()) await nextTurn();
  day.road.freeze();
}

/** Reads a file of the day. */
export async function fileOf(day: WorkedDay, name: string): Promise<Buffer> {
  return await readFile(path.join(day.folder, name));
}
