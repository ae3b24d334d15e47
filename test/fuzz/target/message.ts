/**
 * Targets of JSON messages: what desk, cart, console and panel say to each other.
 *
 * What the cart and the panel's agent read goes through the product's own reader of bodies; what the desk reads from a
 * cart is decoded as its connection decodes it. A message that is refused is so by its schema, within few issues.
 */
import { Readable } from 'node:stream';
import type { ServerHttp2Stream } from 'node:http2';
import { Exchange, RequestTooLarge, RequestTooSlow } from '@chaperone/cart/tunnel/exchange.ts';
import { RequestMalformed } from '@chaperone/cart/platform/problem.ts';
import * as masksAPI from '@chaperone/protocol/cart-api/masks.ts';
import * as watchAPI from '@chaperone/protocol/cart-api/watching.ts';
import * as cartAPI from '@chaperone/protocol/cart-api/schema.ts';
import * as consoleAPI from '@chaperone/protocol/console-api/schema.ts';
import * as recordsAPI from '@chaperone/protocol/console-api/records.ts';
import * as providerAPI from '@chaperone/protocol/console-api/provider.ts';
import * as workstationAPI from '@chaperone/protocol/console-api/workstation.ts';
import * as panelAPI from '@chaperone/protocol/panel-api/schema.ts';
import type { z } from 'zod';
import { NOW_MS, SERIAL, WORKSTATION_ID } from '../fixture/authorities.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

/** What a schema refuses; a parser that throws anything else is not caught here. */
export class ShapeRefused extends Error {
  override readonly name = 'ShapeRefused';
}

/** Faults that a schema may list of one message of 64 KiB. Each costs memory and time of the reader. */
const ISSUES_MAX = 20_000;
const BODY_BYTES_MAX = 64 * 1024;
const JWS = 'aGVhZA.Ym9keQ.c2ln';
const HASH = 'A'.repeat(43);
const CSR = 'MIIBAAAA';
const id = (prefix: string): string => `${prefix}-00000000000000000000000001`;

interface Message {
  readonly name: string;
  readonly schema: z.ZodType;
  /** Values that the other side may send. */
  readonly seeds: readonly object[];
}

const REFERENCE = { type: 'urn:x', status: 409, title: 't', code: 'CODE', detail: 'd' };
const VIEW = {
  sequence: 1,
  phase: 'open',
  session: id('sess'),
  paused: false,
  grant: JWS,
  activities: ['view', 'control'],
  grantEndsInMs: 1000,
  inputRefused: 0,
  ended: null,
};
const INBOX_FILE = { transfer: id('xfer'), name: 'a.bin', bytes: 3, sha256: `${HASH}=` };
const TRANSFER = {
  id: id('xfer'),
  direction: 'from-cart',
  name: 'a.bin',
  folder: 'b/c',
  batch: null,
  bytes: 1,
  bytesTotal: 3,
  state: 'moving',
  failure: null,
  record: null,
};
const HELLO = {
  protocol: { min: 1, max: 1 },
  connection: 'interactive',
  serial: SERIAL,
  model: 'M',
  software: 'S',
  session: id('sess'),
  challenge: HASH,
  keyThumbprint: HASH,
  phase: 'waiting',
  grant: null,
};

/** Read by the cart. */
const TO_CART: readonly Message[] = [
  {
    name: 'offer',
    schema: cartAPI.offer,
    seeds: [
      { case: { id: id('case'), number: '1', facility: 'F' }, requests: [JWS, JWS] },
      {
        case: { id: id('case'), number: '1', facility: 'F', recordsScreen: true },
        requests: [JWS],
      },
      { case: null, requests: [] },
    ],
  },
  { name: 'resume', schema: cartAPI.resume, seeds: [{ request: JWS }] },
  { name: 'end', schema: cartAPI.endByGateway, seeds: [{ reason: 'technician-left' }] },
  { name: 'inbox-file', schema: cartAPI.inboxFile, seeds: [INBOX_FILE] },
  { name: 'watch-ask', schema: watchAPI.watchAsk, seeds: [{ request: JWS }] },
  { name: 'watch-leave', schema: watchAPI.watchLeave, seeds: [{}] },
  {
    name: 'unmask-ask',
    schema: masksAPI.unmaskAsk,
    seeds: [{ mask: 'exam/patient-line', reason: 'It flickers.', minutes: 5 }],
  },
];

/** Read by the desk, from a cart. */
const FROM_CART: readonly Message[] = [
  { name: 'hello', schema: cartAPI.hello, seeds: [HELLO, { ...HELLO, phase: 'open', grant: JWS }] },
  {
    name: 'offer-answer',
    schema: cartAPI.offerAnswer,
    seeds: [
      {
        shown: [{ request: id('rqst'), comparisonCode: '123 456' }],
        refused: [{ index: 1, code: 'REQUEST_STALE' }],
      },
    ],
  },
  {
    name: 'session-view',
    schema: cartAPI.sessionView,
    seeds: [
      VIEW,
      { ...VIEW, phase: 'ended', ended: { reason: 'operator-ended', receipt: JWS } },
      { ...VIEW, watch: { asks: 2, isAsked: false, grant: JWS } },
    ],
  },
  {
    name: 'directories',
    schema: cartAPI.directories,
    seeds: [{ directories: [{ id: 'a', label: 'A' }], inbox: { label: 'I', bytesMax: 5 } }],
  },
  {
    name: 'listing',
    schema: cartAPI.listing,
    seeds: [
      {
        entries: [
          { name: 'a', kind: 'file', bytes: 1, modifiedUtcMs: NOW_MS },
          { name: 'b', kind: 'directory', bytes: 0, modifiedUtcMs: 0 },
        ],
        truncated: false,
      },
    ],
  },
  {
    name: 'inbox-progress',
    schema: cartAPI.inboxProgress,
    seeds: [{ transfer: id('xfer'), received: 3, state: 'placed' }],
  },
  {
    name: 'journal-page',
    schema: cartAPI.journalPage,
    seeds: [{ entries: ['{}', '{}'], head: JWS }],
  },
  {
    name: 'watch-answer',
    schema: watchAPI.watchAnswer,
    seeds: [{ request: id('rqst'), comparisonCode: '123 456', number: 1 }],
  },
  {
    name: 'mask-view',
    schema: masksAPI.maskView,
    seeds: [
      {
        rule: 'template',
        mode: 'strict',
        layouts: ['exam'],
        masks: [
          { name: 'exam/patient-line', secondsOpen: 12 },
          { name: 'whole-screen', secondsOpen: null },
        ],
        asked: 'whole-screen',
      },
    ],
  },
  { name: 'problem', schema: cartAPI.problem, seeds: [REFERENCE] },
];

/** Read by the desk, from a console. */
const FROM_CONSOLE: readonly Message[] = [
  {
    name: 'workstation-enrolment',
    schema: workstationAPI.workstationEnrolment,
    seeds: [
      { licenceCode: 'AAAAA-AAAAA-AAAAA-AAAAA', csr: CSR },
      {
        licenceCode: 'AAAAA-AAAAA-AAAAA-AAAAA',
        label: 'Desk 4',
        jwk: { kty: 'EC', crv: 'P-256', x: HASH, y: HASH },
        proof: JWS,
      },
    ],
  },
  {
    name: 'workstation-connecting-key',
    schema: workstationAPI.connectingKey,
    seeds: [{ use: 'browser', csr: CSR }],
  },
  {
    name: 'workstation-signing-key',
    schema: workstationAPI.signingKey,
    seeds: [{ jwk: { kty: 'EC', crv: 'P-256', x: HASH, y: HASH }, proof: JWS }],
  },
  {
    name: 'directory-sign-in',
    schema: consoleAPI.directorySignIn,
    seeds: [{ login: 'a', password: 'b', workstation: WORKSTATION_ID }],
  },
  {
    name: 'provider-sign-in',
    schema: providerAPI.providerSignIn,
    seeds: [{ workstation: WORKSTATION_ID }],
  },
  {
    name: 'provider-answer',
    schema: providerAPI.providerAnswer,
    seeds: [{ workstation: WORKSTATION_ID, answer: '?code=a&state=b&iss=c' }],
  },
  {
    name: 'gateway-sign-in',
    schema: consoleAPI.gatewaySignIn,
    seeds: [{ userId: 'a', password: 'b' }],
  },
  {
    name: 'new-case',
    schema: consoleAPI.newCase,
    seeds: [{ facility: 'F', cart: SERIAL, caller: 'C', complaint: 'It hums.' }],
  },
  { name: 'signed-request', schema: consoleAPI.signedRequest, seeds: [{ jws: JWS }] },
  { name: 'new-fetch', schema: consoleAPI.newFetch, seeds: [{ directory: 'a', path: 'b/c.dcm' }] },
  {
    name: 'new-folder-fetch',
    schema: consoleAPI.newFolderFetch,
    seeds: [{ directory: 'a', path: '' }],
  },
  {
    name: 'new-send',
    schema: consoleAPI.newSend,
    seeds: [{ record: id('recd') }, { record: id('recd'), batch: 'b-1' }],
  },
  {
    name: 'transfer-act',
    schema: consoleAPI.transferAct,
    seeds: [
      { act: 'pause', transfer: id('xfer') },
      { act: 'resume', batch: 'b-1' },
    ],
  },
  {
    name: 'new-export',
    schema: recordsAPI.newExport,
    seeds: [{ record: id('recd'), reason: 'Shown to the maker.' }],
  },
  {
    name: 'new-attestation',
    schema: recordsAPI.newAttestation,
    seeds: [{ reason: null }, { reason: 'The disk broke.' }],
  },
  {
    name: 'new-export-permission',
    schema: recordsAPI.newExportPermission,
    seeds: [{ technician: id('tech') }],
  },
  { name: 'designation', schema: consoleAPI.designation, seeds: [{ technician: id('tech') }] },
  { name: 'new-note', schema: consoleAPI.newNote, seeds: [{ text: 'A note.' }] },
  { name: 'resolution', schema: consoleAPI.resolution, seeds: [{ confirmNumber: '1' }] },
];

/** Read by the browser pages. */
const TO_PAGES: readonly Message[] = [
  {
    name: 'console-event',
    schema: consoleAPI.consoleEvent,
    seeds: [{ type: 'transfer', case: id('case'), transfer: TRANSFER }, { type: 'carts' }],
  },
  {
    name: 'panel-view',
    schema: panelAPI.panelView,
    seeds: [
      {
        demo: true,
        cart: { serial: SERIAL, model: 'M' },
        licence: {
          standing: 'ends-soon',
          features: ['view'],
          validFromUtcMs: 0,
          validUntilUtcMs: 1,
        },
        certificate: {
          notice: 'failing',
          renewalDueUtcMs: 0,
          expiresUtcMs: 1,
          failure: 'ENROLMENT_UNREACHABLE',
          advice: 'A',
        },
        serviceCentre: { name: 'N', phone: '1', phiPolicyUrl: 'https://x' },
        isSetUp: true,
        phase: 'waiting',
        notice: { version: '1', secondsLeft: 2 },
        dialFailure: null,
        secondsLeftToDial: null,
        case: { number: '1', facility: 'F', recordsScreen: true },
        requests: [
          {
            id: id('rqst'),
            technicianName: 'T',
            comparisonCode: '123 456',
            activities: ['view'],
            deidentifies: true,
          },
        ],
        facility: {
          name: 'F',
          version: 1,
          waitingVersion: null,
          validUntilUtcMs: 1,
          trouble: null,
          isOpen: false,
          opensUtcMs: 1,
          timeZone: 'UTC',
          closesInSeconds: null,
          approvedActivities: ['view'],
        },
        approval: {
          technicianName: 'T',
          activities: ['view'],
          approvers: [{ id: 'a', name: 'A' }],
          triesLeft: 3,
          secondsLeft: 9,
        },
        session: null,
        watching: {
          asked: { number: 1, technicianName: 'T', comparisonCode: '123 456', secondsLeft: 9 },
          watcher: { technicianName: 'W', sinceUtcMs: 0 },
        },
        transfers: [],
        waiting: { fetching: 0, sending: 0 },
        ended: null,
        journalWritable: true,
        interlock: null,
        indicator: { kind: 'x11', reason: null, isSeen: true },
        masks: {
          rule: 'template',
          isRecognised: true,
          asked: null,
          open: [{ name: 'exam/patient', label: { en: 'Patient' }, secondsLeft: 9 }],
        },
      },
    ],
  },
];

/** Read by the panel's agent. */
const FROM_PANEL: readonly Message[] = [
  { name: 'accept-notice', schema: panelAPI.acceptNotice, seeds: [{ noticeVersion: '2026-1' }] },
  {
    name: 'consent',
    schema: panelAPI.consent,
    seeds: [{ request: id('rqst'), activities: ['view', 'fetch-files'] }],
  },
  {
    name: 'give-approval',
    schema: panelAPI.giveApproval,
    seeds: [{ approver: 'a', pin: '123456' }],
  },
  { name: 'allow-unmask', schema: panelAPI.allowUnmask, seeds: [{ number: 1, minutes: 15 }] },
  { name: 'allow-watch', schema: panelAPI.allowWatch, seeds: [{ number: 1 }] },
  {
    name: 'cover-again',
    schema: panelAPI.coverAgain,
    seeds: [{ mask: 'exam/patient-line' }, { mask: null }],
  },
  { name: 'withdraw', schema: panelAPI.withdraw, seeds: [{ activity: 'view' }] },
  { name: 'empty', schema: panelAPI.empty, seeds: [{}] },
  {
    name: 'presence',
    schema: panelAPI.presence,
    seeds: [{ x: -1, y: 2, width: 3, height: 4, focused: true }],
  },
];

/** Decodes JSON and reads it by a schema, as the desk's connection and the pages do. @throws ShapeRefused */
export function readShape<S extends z.ZodType>(schema: S, input: Uint8Array): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(input));
  } catch (cause) {
    throw new ShapeRefused('no JSON', { cause });
  }
  const read = schema.safeParse(value);
  if (read.success) {
    const again = schema.safeParse(JSON.parse(JSON.stringify(read.data)));
    holds(again.success, 'what was read is refused when it is written');
    holds(JSON.stringify(again.data) === JSON.stringify(read.data), 'it is written as another');
    return read.data;
  }
  holds(read.error.issues.length <= ISSUES_MAX, `${read.error.issues.length} issues`);
  const [first] = read.error.issues;
  throw new ShapeRefused(`${first?.code ?? ''} at ${first?.path.map(String).join('.') ?? ''}`);
}

function targetOf(message: Message, from: string): Target {
  const { name, schema, seeds } = message;
  return {
    name: `message-${name}`,
    entry: `protocol/src/${from}/schema.ts › ${name}`,
    refusals: [ShapeRefused],
    limits: 'strict or bounded members; few issues for many faults',
    form: 'json',
    weight: 0.5,
    seeds: () => seeds.map((value) => Buffer.from(JSON.stringify(value))),
    feed: (input) => readShape(schema, input),
  };
}

/** Through `Exchange.json`, which bounds and decodes what a cart is sent. */
function cartTargetOf({ name, schema, seeds }: Message): Target {
  return {
    name: `message-${name}`,
    entry: `cart/src/tunnel/exchange.ts › Exchange.json (${name})`,
    refusals: [RequestMalformed, RequestTooLarge, RequestTooSlow],
    limits: '64 KiB; strict members',
    form: 'json',
    weight: 0.5,
    seeds: () => seeds.map((value) => Buffer.from(JSON.stringify(value))),
    feed: async (input) => {
      const chunks = [input.subarray(0, 7), input.subarray(7)].filter((one) => one.length > 0);
      const stream = Readable.from(chunks, { objectMode: false }) as unknown as ServerHttp2Stream;
      const exchange = new Exchange(stream, { ':path': '/v1/x?path=%ff&a=b', ':method': 'POST' });
      const read = await exchange.json(schema);
      holds(input.length <= BODY_BYTES_MAX, 'a body is too long');
      return read;
    },
  };
}

export const MESSAGE_TARGETS: readonly Target[] = [
  ...TO_CART.map(cartTargetOf),
  ...FROM_CART.map((message) => targetOf(message, 'cart-api')),
  ...FROM_CONSOLE.map((message) => targetOf(message, 'console-api')),
  ...TO_PAGES.map((message) => targetOf(message, 'console-api, panel-api')),
  ...FROM_PANEL.map((message) => targetOf(message, 'panel-api')),
];
