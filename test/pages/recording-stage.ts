/** A gateway with a case, a cart whose screen a test draws, and the console's player in real Chromium. */
import type { Duplex } from 'node:stream';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type {
  Technician,
  TestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { grantSession, openCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import type { TestCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import type { Browser, Page } from 'playwright-core';
import type { DrawnScreen } from '../harness/drawn-screen.ts';
import { license, openWindow, signIn } from './console-stage.ts';
import type { ConsoleWindow } from './console-stage.ts';

export const PATIENCE_MS = 60_000;
export const PLAYED = '.recording__screen[data-shown="yes"] canvas';
/** Keys come often, so that a short recording has several. */
const TERMS = { keyEveryMs: 500, keyEveryBytes: 500_000, durableEveryMs: 1_000 };

export interface RecordedSession {
  readonly gateway: TestGateway;
  readonly tara: Technician;
  readonly serviceCase: TestCase;
}

/** Opens a session in which a cart's screen may be seen, and is recorded. */
export async function openRecordedSession(
  onScreen: (stream: Duplex) => void,
  terms: Partial<typeof TERMS> = {},
): Promise<RecordedSession> {
  const real = { recording: { screens: 'on', terms: { ...TERMS, ...terms } } } as object;
  const gateway = await newTestGateway({}, null, 'off-demo', 'off', {}, real);
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  cart.onScreen = onScreen;
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  return { gateway, tara, serviceCase };
}

/** Opens the list of the case's records, signed in at a licensed workstation. */
export async function openRecords(
  { gateway, serviceCase }: RecordedSession,
  browser: Browser,
): Promise<ConsoleWindow> {
  const { consoleUrl } = gateway.running;
  const window = await openWindow(browser, consoleUrl, 1440, 900);
  const { page } = window;
  page.setDefaultTimeout(PATIENCE_MS);
  const system = {
    consoleUrl,
    issueWorkstationLicence: async (label: string) => {
      const { code } = await gateway.running.authority.issueWorkstationLicence(label, {
        by: 'test',
      });
      return code;
    },
  };
  await license({ system }, page);
  await signIn(page);
  await page.getByText('St. Test').first().waitFor();
  await page.goto(`${consoleUrl}/cases/${serviceCase.id}/records`);
  return window;
}

/** A number for all pixels of the player's canvas; empty while there is none. */
export async function shown(page: Page): Promise<string> {
  return await page.evaluate(`
    (() => {
      const canvas = document.querySelector('${PLAYED}');
      if (canvas === null || canvas.width === 0) return '';
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let sum = canvas.width;
      for (let at = 0; at < data.length; at += 4)
        sum = (Math.imul(sum, 31) + data[at] * 65536 + data[at + 1] * 256 + data[at + 2]) | 0;
      return String(sum);
    })()
  `);
}

/** The same number as {@link shown}, of a picture in the cart's order of colours. */
export function drawn({ picture, size }: DrawnScreen): string {
  let sum = size.width;
  for (let at = 0; at < picture.length; at += 4)
    sum = (Math.imul(sum, 31) + (picture.readUInt32LE(at) & 0xffffff)) | 0;
  return String(sum);
}
