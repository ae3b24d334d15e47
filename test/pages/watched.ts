/** Watches a window while a test goes on: what axe finds, what the browser complains of, and what was shown when it failed. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ConsoleWindow } from './console-stage.ts';

export interface Watch {
  /** Examines the page as it stands, under a name of its own. */
  look(name: string): Promise<void>;
  /** Nothing serious was found and nothing complained of. */
  settle(): void;
}

/** Closes the windows after the test; of one that fails, tells what they showed. */
export function watch(t: TestContext, ...windows: readonly ConsoleWindow[]): readonly Watch[] {
  let settled = 0;
  t.after(async () => {
    for (const { page, complaints } of windows) {
      if (settled < windows.length) {
        t.diagnostic(JSON.stringify([page.url(), complaints, await page.innerText('body')]));
      }
      await page.context().close();
    }
  });
  return windows.map(({ complaints, examine }) => {
    const found: string[] = [];
    return {
      look: async (name) => void found.push(...(await examine(name))),
      settle: () => {
        settled += 1;
        assert.deepEqual(found, []);
        assert.deepEqual(complaints, []);
      },
    };
  });
}
