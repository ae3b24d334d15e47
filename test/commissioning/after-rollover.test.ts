/**
 * Goal: what the service centre gives out is verified in each phase of a change of the cart root, and after it, against the root of
 * before and against the one of now. Method: the real change of the root in a real authority, a report of a real cart key, and the
 * checks of `chaperone verify`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  activateRoot,
  announceRoot,
  finishRollover,
} from '@chaperone/gateway/authority/rollover/rollover.ts';
import { AcceptanceReports } from '@chaperone/gateway/desk/commissioning/commissioning.ts';
import { newRoad } from '@chaperone/gateway/desk/commissioning/testing/commissioning-desk.ts';
import { claimsOf, signReport } from '@chaperone/gateway/desk/commissioning/testing/sign-report.ts';
import { forEachDatabase } from '@chaperone/gateway/platform/database/testing/database-suite.ts';
import { acceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { COMMISSIONING_PATHS as PATHS } from '@chaperone/protocol/commissioning/service.ts';
import { verifyAcceptance } from '@chaperone/verify/acceptance-check.ts';
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';

forEachDatabase('acceptance reports and the root', (open) => {
  test('a report of before a change of the root is verified after it, against the root of either time', async (t) => {
    const { clock, database, ledger, held, authority, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const claims = claimsOf(cart);
    const report = await signReport(cart, claims);
    await (await road.dial(cart)).ask('POST', PATHS.reports, { report });
    const older = authority.publicRoots.cartRootPEM;
    const { directory } = held;
    const options = () => ({
      ...{ directory, database, ledger: held.ledger, by: 'test', nowMs: clock.utcMs() },
    });
    const steps = [
      async () => await announceRoot(options()),
      async () => await activateRoot(options()),
      async () => await finishRollover(options(), ['US-1001']),
    ];
    for (const [at, step] of steps.entries()) {
      await step();
      const changed = await held.reopen();
      const file = await new AcceptanceReports({ database, clock, ledger }, changed).file(
        ...(['US-1001', claims.jti] as const),
      );
      for (const pinnedRoot of [undefined, older, changed.publicRoots.cartRootPEM]) {
        const certificates = nodeCertificateReader;
        const said = await verifyAcceptance(acceptanceFile.parse(file), {
          certificates,
          pinnedRoot,
        });
        assert.ok(said.ok, `${at}: ${JSON.stringify(said)}`);
      }
    }
  });
});
