/**
 * Goal: the acceptance report is one page of paper, A4 or Letter, with the longest plausible content; it loads nothing, runs nothing
 * and shows nothing that a cart could slip in. Method: a real Chromium prints it and counts the pages; axe reads it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { AcceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { REPORT_PAGE_POLICY, reportPage } from '@chaperone/protocol/commissioning/report-page.ts';
import {
  passedStep,
  sampleClaims,
} from '@chaperone/protocol/commissioning/testing/sample-report.ts';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { violationsOn } from './accessibility.ts';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
after(async () => await browser.close());

const SAID =
  'TCP port 443 of 203.0.113.10 is open; the connection took 212 ms from 10.20.31.47 over the router 10.20.31.1.';
const ADVICE =
  'Please let 10.20.31.47 (00:1b:21:3c:9d:f8) open TCP port 443 of 203.0.113.10; packets are dropped without an answer, somewhere behind 10.20.31.1.';

/** As long as it plausibly gets: Wi-Fi, a PAC file, three name servers, several failures and remarks with advice. */
function longest(): AcceptanceReportClaims {
  const { network, gateway, proxy } = sampleClaims();
  const results = ['warned', 'failed', 'passed'] as const;
  const findings = {
    link: 'LINK_SLOW',
    address: 'ADDRESS_IN_USE',
    names: 'NAMES_OVER_TCP_ONLY',
    port: 'PORT_DROPPED',
    clock: 'CLOCK_AHEAD',
    tunnel: 'TUNNEL_SLOW',
  } as const;
  return sampleClaims({
    model: 'Sonora Expert Pro 5 Cardiology Edition',
    iss: 'US-2026-0000-1001-B',
    facility:
      'Universitätsklinikum Sankt Brigid, Klinik für Kardiologie und Angiologie, Haus 17, Ebene 3, Echolabor 2',
    acceptedBy: 'Dr.-Ing. Friederike von Hohenstein-Mustermann',
    gateway: {
      ...gateway,
      host: 'service-gateway-europe.ultrasound-vendor.example',
      serverName: 'service-gateway-europe.ultrasound-vendor.example',
      addresses: ['203.0.113.10', '203.0.113.11', '198.51.100.20', '198.51.100.21'],
    },
    network: {
      ...network,
      interface: 'wlp0s20f3',
      kind: 'wifi',
      ssid: 'SKB-Medizintechnik-5GHz-Geb17',
      security: 'wpa2-enterprise',
      nameServers: ['10.20.0.53', '10.20.0.54', '10.20.0.55'],
      namesBy: 'tcp',
    },
    proxy: {
      ...proxy,
      kind: 'pac',
      url: 'http://wpad.medizintechnik.klinikum.example:8080/pac/medical-devices.dat',
      authentication: 'digest',
    },
    validation: {
      ...sampleClaims().validation,
      steps: VALIDATION_STEPS.map((step, at) => {
        const finding = Object.hasOwn(findings, step)
          ? findings[step as keyof typeof findings]
          : null;
        if (finding === null) return passedStep(step, SAID);
        const result = results[at % 2] ?? 'failed';
        return { ...passedStep(step, SAID), result, finding, advice: ADVICE };
      }),
    },
  });
}

const CASES: Readonly<Record<string, AcceptanceReportClaims>> = {
  usual: sampleClaims({
    validation: {
      ...sampleClaims().validation,
      steps: VALIDATION_STEPS.map((step) =>
        step === 'idle' || step === 'proxy'
          ? { ...passedStep(step, 'Not asked for.'), result: 'left-out' }
          : passedStep(step, SAID),
      ),
    },
  }),
  longest: longest(),
  demo: sampleClaims({ demo: true }),
};

for (const [name, claims] of Object.entries(CASES)) {
  test(`${name}: one page on both papers, clean for a reader of the screen`, async (t) => {
    const html = reportPage({ claims, jws: 'a.b.c', receivedUtcMs: Date.UTC(2026, 10, 29, 9, 41) });
    const context = await browser.newContext({ viewport: { width: 900, height: 1200 } });
    t.after(async () => await context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (fault) => complaints.push(fault.message));
    await page.route('https://report.test/', async (route) => {
      await route.fulfill({
        contentType: 'text/html; charset=utf-8',
        headers: { 'content-security-policy': REPORT_PAGE_POLICY },
        body: html,
      });
    });
    await page.goto('https://report.test/');
    const family = await page.evaluate<string>('getComputedStyle(document.body).fontFamily');
    assert.match(family, /Liberation Sans/, 'its own style is let through');
    for (const format of ['A4', 'Letter']) {
      const pdf = await page.pdf({ format });
      const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length;
      assert.equal(pages, 1, `${name} on ${format}`);
    }
    const violations = await violationsOn(page);
    assert.deepEqual(
      violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
      [],
    );
    assert.deepEqual(complaints, []);
  });
}

test('what a cart says is text: no mark-up, no script, no request', async (t) => {
  const evil = `"><script>document.title='x'</script><img src=https://evil.test/?a onerror="document.title='x'">&amp;'`;
  const claims = sampleClaims({ facility: evil, acceptedBy: evil, model: evil, software: evil });
  const context = await browser.newContext();
  t.after(async () => await context.close());
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  // Without the policy: the page holds by itself.
  await page.setContent(reportPage({ claims, jws: 'a.b.c', receivedUtcMs: null }));
  assert.equal(await page.title(), 'Acceptance report US-1001');
  assert.ok((await page.innerText('header')).includes(evil));
  assert.equal(await page.locator('script, img').count(), 0);
  assert.deepEqual(
    asked.filter((url) => url.includes('evil')),
    [],
  );
  assert.ok((await page.innerText('footer')).includes('not countersigned'));
});
