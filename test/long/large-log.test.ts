// Goal: a log of more than 300 MB is investigated like a small one. Method: as test/pages/records.test.ts does with one of
// tens of megabytes: the built console in real Chromium against a real gateway, which seals and opens it piece by piece.
import { after, before, test } from 'node:test';
import { enter, openCase, openConsoleStage } from '../pages/console-stage.ts';
import type { ConsoleStage } from '../pages/console-stage.ts';
import { investigateLargeLog } from '../pages/large-log.ts';
import { watch } from '../pages/watched.ts';

let stage: ConsoleStage;
before(async () => {
  stage = await openConsoleStage();
});
after(() => stage[Symbol.asyncDispose]());

test('a log of more than 300 MB: its end, a word in it, a pattern, a line by its number', async (t) => {
  const window = await stage.openWindow();
  const [seen] = watch(t, window);
  const { page } = window;
  await enter(stage, page);
  await openCase(page);
  const caseId = /case-[a-z0-9]+/.exec(page.url())?.[0] ?? '';
  await investigateLargeLog(
    page,
    seen,
    (record) => `${stage.system.consoleUrl}/cases/${caseId}/records/${record}`,
    caseId,
    { lines: 3_800_000, size: /3\d\d MB/ },
  );
  seen?.settle();
});
