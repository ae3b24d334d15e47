/**
 * Goal: the service centre's policy on patient data is one touch away on every page of the panel, can be read and hidden again, and never
 * covers what ends or pauses a session.
 * Method: the built panel in real Chromium on pages of each phase, in three languages, measured and examined by axe. With
 * PANEL_SCREENSHOTS=<folder> each is photographed.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import { PHI_CONTROLS } from '@chaperone/domain/phi-policy/phi-control.ts';
import { DEMO_PHI_POLICY, sentenceIn } from '@chaperone/domain/phi-policy/phi-policy.ts';
import { FIXTURES, IDLE_VIEW } from '../../panel/preview/fixtures.ts';
import { phiWords } from '../../panel/src/words/phi-words.ts';
import { WORDS } from '../../panel/src/words/languages.ts';
import { violationsOn } from './accessibility.ts';
import { openStage, openWindow } from './panel-stage.ts';
import type { PanelStage } from './panel-stage.ts';

const PAGES = ['idle', 'notice', 'dialling', 'consent-one', 'session-all', 'approval-one'] as const;
const TARGET_MIN = 44;

let stage: PanelStage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

for (const language of LANGUAGES) {
  test(`${WORDS[language].name}: one touch shows it on each page, another hides it`, async (t) => {
    const panel = await openWindow(stage, { language, width: 1280, height: 800 });
    t.after(panel.close);
    const words = phiWords(language);
    for (const name of PAGES) {
      await panel.show(FIXTURES[name] ?? IDLE_VIEW);
      const show = panel.page.getByRole('button', { name: words.show });
      const box = await show.boundingBox();
      assert.ok(box !== null && box.height >= TARGET_MIN, `${name}: a target of ${box?.height}`);
      await show.click();
      await panel.page.getByRole('heading', { name: words.title }).waitFor();
      for (const sentence of DEMO_PHI_POLICY.sentences) {
        await panel.page.getByText(sentenceIn(language, sentence), { exact: true }).waitFor();
        for (const id of sentence.controls)
          assert.ok((await panel.page.getByText(PHI_CONTROLS[id].does[language]).count()) > 0, id);
      }
      if (name === 'session-all') {
        for (const act of [WORDS[language].session.end, WORDS[language].session.pause])
          assert.ok(await panel.page.getByRole('button', { name: act }).isVisible(), act);
      }
      const violations = await violationsOn(panel.page);
      const serious = violations.filter(
        ({ impact }) => impact === 'serious' || impact === 'critical',
      );
      assert.deepEqual(
        serious.map(({ id }) => id),
        [],
        name,
      );
      const folder = process.env['PANEL_SCREENSHOTS'];
      if (folder !== undefined)
        await panel.page.screenshot({ path: path.join(folder, `phi-${name}-${language}.png`) });
      await panel.page.getByRole('button', { name: words.hide }).click();
      await panel.page.getByRole('heading', { name: words.title }).waitFor({ state: 'detached' });
    }
  });
}
