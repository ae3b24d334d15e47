/** Results as `--json` prints them: what other programs may build on, without any key. */
import type { Enrolled } from './command/enrol.ts';
import type { Furnished } from './command/furnish-browser.ts';
import type { Renewed } from './command/renew.ts';
import type { Identity } from './identity/identity.ts';

export function summaryOfEnrolment({ identity, ...furnished }: Enrolled): object {
  return { ...summaryOfIdentity(identity), browser: summaryOfBrowser(furnished) };
}

export function summaryOfRenewal({ identity, program, browser, furnished }: Renewed): object {
  return {
    ...summaryOfIdentity(identity),
    program,
    browserRenewal: browser,
    browser: furnished === null ? null : summaryOfBrowser(furnished),
  };
}

function summaryOfIdentity({ workstation, label, gateway, notAfterMs }: Identity): object {
  return { workstation, label, gateway, expiresUtcMs: notAfterMs };
}

function summaryOfBrowser({ record, policies, passphrase, toImport }: Furnished): object {
  const { kind, place, current } = record;
  return {
    kind,
    place,
    nickname: current?.nickname ?? null,
    expiresUtcMs: current?.notAfterMs ?? null,
    policies: policies.map(({ file, content, state }) => ({ file, state, content })),
    toImport,
    passphrase,
  };
}
