/** Test support: the steps of a session that several tests begin with. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Transfer } from '@chaperone/protocol/console-api/schema.ts';
import type { ScriptedCart } from '../../desk/tunnel/testing/scripted-cart.ts';
import { SERIAL } from './gateway-harness.ts';
import type { Technician } from './gateway-harness.ts';

export interface TestCase {
  readonly id: string;
  readonly number: string;
  readonly cart: string;
  readonly deidentification?: string;
}

export const ALL_ACTIVITIES = ['view', 'control', 'fetch-files', 'send-files'] as const;
/** What must be found nowhere once the case is resolved. */
export const PLANTED = {
  caller: 'Nurse Abendroth-Plover',
  complaint: 'Stripes on the images of Mrs Violetta Quartzheim',
  note: 'Her number is MRN-55120-XQ',
  fileName: 'QUARTZHEIM-VIOLETTA.dcm',
  content: 'DICM planted content of a patient 7f3c9b1e',
} as const;

export async function openCase(technician: Technician, cart = SERIAL): Promise<TestCase> {
  const { caller, complaint } = PLANTED;
  const body = { facility: 'St. Test', cart, caller, complaint };
  const answer = await technician.ask('POST', '/api/cases', { body });
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as TestCase;
}

/** Asks again until the session is in a state: the desk hears of the cart's views in its own time. */
export async function sessionIs(
  technician: Technician,
  { id }: TestCase,
  state: string,
  fits: (detail: Readonly<Record<string, unknown>>) => boolean = () => true,
): Promise<Readonly<Record<string, unknown>>> {
  let text = '';
  for (let tries = 0; tries < 1000; tries += 1) {
    const answer = await technician.ask('GET', `/api/cases/${id}/session`);
    if (answer.body['state'] === state && fits(answer.body)) return answer.body;
    ({ text } = answer);
    await delay(10);
  }
  return assert.fail(`the session never became ${state}: ${text}`);
}

/** Has the operator grant what the technician asks for. */
export async function grantSession(
  technician: Technician,
  cart: ScriptedCart,
  serviceCase: TestCase,
  activities: readonly Activity[] = ALL_ACTIVITIES,
): Promise<void> {
  await sessionIs(technician, serviceCase, 'waiting');
  const jws = await technician.signedRequest(serviceCase, activities);
  const asked = await technician.ask('POST', `/api/cases/${serviceCase.id}/session/request`, {
    body: { jws },
  });
  assert.equal(asked.status, 200, asked.text);
  assert.equal(asked.body['state'], 'requested', asked.text);
  await cart.grant();
  await sessionIs(technician, serviceCase, 'granted');
}

/** Claims an interrupted session once the cart is back. */
export async function resumeSession(
  technician: Technician,
  cart: ScriptedCart,
  serviceCase: TestCase,
  activities: readonly Activity[] = ALL_ACTIVITIES,
) {
  await sessionIs(technician, serviceCase, 'interrupted', ({ challenge }) => challenge !== null);
  const grant = cart.grantClaims?.jti;
  const jws = await technician.signedRequest(serviceCase, activities, { purpose: 'resume', grant });
  return await technician.ask('POST', `/api/cases/${serviceCase.id}/session/resume`, {
    body: { jws },
  });
}

export async function transferIs(
  technician: Technician,
  { id }: TestCase,
  transfer: string,
  state: Transfer['state'],
  fits: (transfer: Transfer) => boolean = () => true,
): Promise<Transfer> {
  let found: Transfer | undefined;
  for (let tries = 0; tries < 2000; tries += 1) {
    const { body } = await technician.ask('GET', `/api/cases/${id}`);
    const { transfers = [] } = body as { transfers?: Transfer[] };
    found = transfers.find((each) => each.id === transfer);
    if (found?.state === state && fits(found)) return found;
    await delay(10);
  }
  return assert.fail(`the transfer never became ${state}: ${JSON.stringify(found)}`);
}

export async function fetchFile(
  technician: Technician,
  { id }: TestCase,
  path: string,
): Promise<string> {
  const body = { directory: 'exports', path };
  const answer = await technician.ask('POST', `/api/cases/${id}/fetches`, { body });
  assert.equal(answer.status, 200, answer.text);
  return String(answer.body['id']);
}

export async function resolveCase(technician: Technician, { id, number }: TestCase) {
  return await technician.ask('POST', `/api/cases/${id}/resolve`, {
    body: { confirmNumber: number },
  });
}
