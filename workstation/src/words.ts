/** What the program says to the person who called it, line by line. */
import type { Enrolled } from './command/enrol.ts';
import type { Furnished } from './command/furnish-browser.ts';
import type { Removed } from './command/remove.ts';
import type { Attempted, Reported } from './command/report.ts';
import type { Renewed } from './command/renew.ts';
import type { CertificateState, Status } from './command/workstation-state.ts';
import type { PolicyState } from './browser/selection-policy.ts';
import { printable } from './gateway/problem.ts';

export function wordsOfEnrolment({ identity, ...furnished }: Enrolled): readonly string[] {
  const { workstation, label, gateway, notAfterMs } = identity;
  return [
    `This computer is "${label}" (${workstation}) of ${gateway}, until ${day(notAfterMs)}.`,
    ...wordsOfBrowser(furnished, 'enrolment'),
    'Let "chaperone workstation renew" and "chaperone workstation report" run once a day: workstation/README.md.',
  ];
}

export function wordsOfRenewal(renewed: Renewed): readonly string[] {
  const { program, browser, identity, furnished } = renewed;
  const ofProgram =
    program === 'renewed'
      ? `The program's certificate was renewed; it ends on ${day(identity.notAfterMs)}.`
      : `The program's certificate is not due; it ends on ${day(identity.notAfterMs)}.`;
  return [ofProgram, ...wordsOfBrowserRenewal(browser, furnished)];
}

export function wordsOfRemoval({ policiesLeft, isStoreKnown }: Removed): readonly string[] {
  return [
    'Keys and certificates of this workstation are removed from this computer.',
    ...(isStoreKnown
      ? []
      : [
          "The record of the browser's store was damaged: look there for certificates whose names begin with Chaperone.",
        ]),
    ...policiesLeft.map((file) => `As root, remove the file ${file}`),
    'The gateway counts its seat until its licence is retired: tell your administrator.',
  ];
}

export function wordsOfReport({ judgement: { isCurrent, lacks } }: Reported): readonly string[] {
  return isCurrent
    ? ['Reported. The gateway asks for nothing.']
    : [
        'Reported. New sign-ins and sessions are refused until this is done:',
        ...lacks.map(({ sentence }) => printable(sentence)),
      ];
}

/** The same beside something else that was done. */
export function wordsOfAttempt({ reported, trouble }: Attempted): readonly string[] {
  if (reported !== null) return wordsOfReport(reported);
  if (trouble === null) return [];
  return [
    `How current this computer is could not be reported: ${trouble.sentence} (${trouble.code})`,
  ];
}

export function wordsOfStatus(status: Status): readonly string[] {
  const { enrolled, browser, atGateway, trouble, advice } = status;
  const lines: string[] = [];
  if (enrolled !== null) {
    lines.push(
      `Workstation  "${enrolled.label}" (${enrolled.workstation})`,
      `Gateway      ${enrolled.gateway}, ${reachability(status)}`,
      `Program      ${lifeOf(enrolled.certificate)}`,
    );
  }
  if (browser !== null) {
    const where = browser.place === null ? '' : ` in ${browser.place}`;
    const life = browser.certificate === null ? 'no certificate' : lifeOf(browser.certificate);
    const lost = browser.inStore === 'missing' ? '; not in the store' : '';
    lines.push(`Browser      ${browser.kind}${where}: ${life}${lost}`);
  }
  if (atGateway !== null) {
    lines.push(`Seats        ${atGateway.seats.used} of ${atGateway.seats.max} taken`);
    const { posture } = atGateway;
    if (posture !== null)
      lines.push(`Updates      ${posture.length === 0 ? 'current' : 'something is to be done'}`);
  }
  if (trouble.browser !== null && advice !== trouble.browser.sentence)
    lines.push(`Browser      ${trouble.browser.sentence}`);
  return [...lines, advice];
}

function wordsOfBrowser(
  { record, policies, passphrase, toImport }: Furnished,
  occasion: 'enrolment' | 'renewal',
): readonly string[] {
  const { kind, place, current } = record;
  if (kind === 'none') return ['The browser was left alone, as you said.'];
  const until = current === null ? '' : `, until ${day(current.notAfterMs)}`;
  if (kind === 'pkcs12') return wordsOfFile(place ?? '', until, passphrase, toImport);
  return [
    `The browser's key was made in its own store, ${place ?? ''}, and has its certificate${until}.`,
    ...(kind === 'firefox' || occasion === 'enrolment' ? [wordsOfStart(kind)] : []),
    ...policies.flatMap(wordsOfPolicy),
  ];
}

/** A running Chromium notices a newer certificate by itself, but no new root; Firefox remembers which one was chosen. */
function wordsOfStart(kind: 'chromium' | 'firefox'): string {
  return kind === 'firefox'
    ? 'Start Firefox anew. It asks once which certificate to show: choose the one named Chaperone and let it remember.'
    : 'Start Chromium anew if it is running.';
}

function wordsOfFile(
  file: string,
  until: string,
  passphrase: string | null,
  toImport: Furnished['toImport'],
): readonly string[] {
  if (toImport === null) return [`The PKCS#12 file ${file} has been made before${until}.`];
  return [
    `Import ${file} into the browser as your own certificate${until}, then delete the file.`,
    `Import ${toImport.root} as an authority that may identify web sites.`,
    ...(passphrase === null
      ? []
      : [`The file's pass-phrase, shown this once and kept nowhere: ${passphrase}`]),
  ];
}

function wordsOfPolicy({ file, content, state }: PolicyState): readonly string[] {
  if (state === 'written') return [`The browser shows it without asking, by ${file}.`];
  const why =
    state === 'taken'
      ? 'Another policy file already says which certificates are chosen; add this rule to it:'
      : `So that the browser shows it without asking, put this into ${file} as root:`;
  return [why, content.trimEnd()];
}

function wordsOfBrowserRenewal(
  browser: Renewed['browser'],
  furnished: Furnished | null,
): readonly string[] {
  if (browser === 'by-hand')
    return [
      'The PKCS#12 file is due: call "chaperone workstation renew" in a terminal, or with --passphrase-file, and import it.',
    ];
  if (browser === 'not-due') return ["The browser's certificate is not due."];
  return furnished === null ? [] : wordsOfBrowser(furnished, 'renewal');
}

function reachability({ atGateway, trouble }: Status): string {
  if (atGateway !== null) return 'reachable';
  return trouble.gateway === null ? 'not asked' : `not usable (${trouble.gateway.code})`;
}

function lifeOf({ state, expiresUtcMs, renewFromUtcMs }: CertificateState): string {
  if (state === 'ended') return `certificate ended on ${day(expiresUtcMs)}`;
  const renewal = state === 'due' ? 'renewal is due' : `renewed from ${day(renewFromUtcMs)} on`;
  return `certificate until ${day(expiresUtcMs)}, ${renewal}`;
}

/** A day, as ISO 8601 writes it, in UTC. */
function day(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
