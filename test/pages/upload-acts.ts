/** What tests of sent files do to a page: to the files of a session, a chosen and a dropped folder. */
import type { Page } from 'playwright-core';
import { enter, openCase } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';

/** Signs in, opens a case and a session that may fetch and send, and goes to its files. */
export async function toFiles(stage: ConsoleStage, page: Page): Promise<void> {
  await enter(stage, page);
  await openCase(page);
  await page.getByLabel('Send files').check();
  await page.getByRole('button', { name: 'Request as soon as the cart connects' }).click();
  await stage.operator.press();
  await stage.operator.accept();
  const asked = await stage.operator.viewWhen('a request', (view) => view.requests.length > 0);
  await stage.operator.consent(asked.requests[0]?.id ?? '', ['view', 'fetch-files', 'send-files']);
  await page.locator('.stage__screen[data-state="shown"] canvas').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  // Usable only once the cart has said what it takes; an input is filled without being looked at.
  await page.locator('.drop button:enabled', { hasText: 'choose files' }).waitFor();
}

export async function chooseFile(page: Page, file: string): Promise<void> {
  await page.getByLabel('Send files to the cart', { exact: true }).setInputFiles(file);
}

export async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.getByLabel('A folder to send to the cart').setInputFiles(folder);
}

/** Drops files and folders of this machine, as a file window does. */
export async function dropOn(page: Page, target: string, paths: readonly string[]): Promise<void> {
  const box = await page.locator(target).boundingBox();
  if (box === null) throw new Error(`Nothing to drop on: ${target}`);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  await session.detach();
}
