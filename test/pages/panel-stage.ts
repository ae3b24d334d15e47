/**
 * The built operator panel in a real Chromium, in front of the preview's stand-in for the cart agent.
 *
 * The panel is built anew when something that goes into it has changed, so that what is looked at is what is in the tree.
 */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { IDLE_VIEW } from '../../panel/preview/fixtures.ts';
import { startPreview } from '../../panel/preview/preview-server.ts';
import type { PreviewServer } from '../../panel/preview/preview-server.ts';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';

const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** No measure of speed: beside other tests a page may take long. Milliseconds. */
const PATIENCE_MS = 90_000;

export interface LayoutLimits {
  /** CSS pixels. */
  readonly textMin: number;
  readonly targetMin: number;
  readonly mainTargetMin: number;
}

/** Runs in the browser and is typed by the panel's own tsconfig: an import would bring the DOM's types in here. */
const LAYOUT_COMPLAINTS = path.join(ROOT, 'panel/preview/layout-complaints.ts');

export interface PanelStage {
  /** The folder of the built panel. */
  readonly dist: string;
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

/** One window with the panel, and the stand-in behind it. */
export interface PanelWindow {
  readonly page: Page;
  readonly preview: PreviewServer;
  /** Everything that went wrong in the browser: errors, policy violations, requests that left the origin. */
  readonly complaints: string[];
  /** Shows a view and waits until the window does. */
  readonly show: (view: PanelView) => Promise<void>;
  /** Measures the page as it stands, or another of the same window. */
  readonly measure: (limits: LayoutLimits, page?: Page) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Builds the panel and starts the browser. */
export async function openStage(): Promise<PanelStage> {
  await buildPage(ROOT, 'panel', () => undefined);
  const dist = path.join(ROOT, 'panel', 'dist');
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
  });
  return {
    dist,
    browser,
    close: async () => await browser.close(),
  };
}

export interface WindowWishes {
  readonly language?: Language;
  readonly width?: number;
  readonly height?: number;
  readonly touch?: boolean;
}

/** Opens the panel as the agent would: by its address with the credential. */
export async function openWindow(
  stage: PanelStage,
  wishes: WindowWishes = {},
): Promise<PanelWindow> {
  const { language = 'en', width = 1280, height = 1024, touch = false } = wishes;
  const preview = await startPreview(stage.dist, IDLE_VIEW);
  const context = await stage.browser.newContext({
    viewport: { width, height },
    locale: language,
    hasTouch: touch,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(preview.origin) && !url.startsWith('data:')) complaints.push(url);
  });
  await page.goto(preview.url);
  let shown = 0;
  return {
    page,
    preview,
    complaints,
    show: async (view) => {
      // The serial number in the header tells one view from the next.
      const serial = `SN-${String((shown += 1)).padStart(6, '0')}`;
      preview.show({ ...view, cart: { ...view.cart, serial } });
      await page.locator('.top__system', { hasText: serial }).waitFor();
    },
    measure: async (limits, measured = page) => {
      const source = stripTypeScriptTypes(await readFile(LAYOUT_COMPLAINTS, 'utf8'));
      const script = source.replaceAll('export ', '');
      return measured.evaluate(`${script}\nlayoutComplaints(${JSON.stringify(limits)})`);
    },
    close: async () => {
      await context.close();
      await preview.stop();
    },
  };
}
