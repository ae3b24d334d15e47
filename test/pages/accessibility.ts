/**
 * What axe finds on a page. Its programme is half a megabyte: it is given to a document once, not at each look, and
 * lists the elements of what it found wrong only. That is most of what a look costs.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

export type Violation = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number];

/** In the place of axe's programme, where the document has it already. */
const NOTHING = 'undefined';

/** Examines the page as it stands, by every rule of axe. */
export async function violationsOn(page: Page): Promise<readonly Violation[]> {
  // A frame within it may be newer than the page.
  const isThere = page.frames().length === 1 && (await page.evaluate("'axe' in window"));
  const builder = new AxeBuilder(isThere ? { page, axeSource: NOTHING } : { page });
  const { violations } = await builder
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations;
}
