/** Targets of signed statements: JWS by liars, by strangers, and by the right key over the wrong claims. */
import { createPublicKey, webcrypto } from 'node:crypto';
import {
  ClockSkewed,
  RequestInvalid,
  RequestStale,
  RequestUntrusted,
  RequestVerifier,
} from '@chaperone/cart/consent/consent.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { parseId } from '@chaperone/domain/id/id.ts';
import { newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  checkGrant,
  checkReceipt,
  checkWatchGrant,
} from '@chaperone/gateway/desk/session/check-grant.ts';
import { checkRequest } from '@chaperone/gateway/desk/session/check-request.ts';
import type {
  CheckedRequest,
  RequestTerms,
} from '@chaperone/gateway/desk/session/check-request.ts';
import {
  GrantInvalid,
  SessionRequestInvalid,
  SessionRequestStale,
} from '@chaperone/gateway/desk/session/session-error.ts';
import {
  TYP,
  destructionCertificateClaims,
  grantClaims,
  journalHeadClaims,
  sessionReceiptClaims,
  sessionRequestClaims,
} from '@chaperone/protocol/signed/claims.ts';
import { comparisonCode } from '@chaperone/protocol/signed/comparison-code.ts';
import { requestIdOf } from '@chaperone/protocol/signed/request-id.ts';
import { StatementInvalid, chainOf, readStatement } from '@chaperone/protocol/signed/statement.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import {
  MalformedWorkstationProof,
  makeSigningKeyProof,
  makeWorkstationProof,
  readSigningKeyProof,
  readWorkstationProof,
} from '@chaperone/protocol/x509/workstation-proof.ts';
import { changeBytes } from '../engine/change-bytes.ts';
import type { Chance } from '../engine/chance.ts';
import {
  NOW_MS,
  SERIAL,
  WORKSTATION_ID,
  cartKey,
  ledgerPrivateKey,
  ledgerPublicKey,
  workstationCertificate,
  workstationKey,
  workstationRoot,
} from '../fixture/authorities.ts';
import { changedText, signChanged, signText } from '../fixture/sign-text.ts';
import type { Signer } from '../fixture/sign-text.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const CASE = parseId('case', 'case-00000000000000000000000001');
const SESSION = parseId('session', 'sess-00000000000000000000000001');
const GRANT = parseId('grant', 'grnt-00000000000000000000000001');
const TECHNICIAN = parseId('technician', 'tech-00000000000000000000000001');
const CASE_NUMBER = 'SC-2026-0001';
const HASH = 'A'.repeat(43);
const NOW_S = NOW_MS / 1000;
const cartThumbprint = keyThumbprint(createPublicKey(cartKey));
const workstationThumbprint = keyThumbprint(createPublicKey(workstationKey));

const REQUEST = {
  iss: WORKSTATION_ID,
  sub: TECHNICIAN,
  name: 'Ada Lovelace',
  cart: SERIAL,
  case: CASE,
  caseNumber: CASE_NUMBER,
  session: SESSION,
  challenge: HASH,
  purpose: 'request',
  grant: null,
  activities: ['view', 'control'],
  iat: NOW_S,
  exp: NOW_S + 300,
};
const GRANTED = {
  jti: GRANT,
  iss: SERIAL,
  sub: TECHNICIAN,
  name: 'Ada Lovelace',
  session: SESSION,
  case: CASE,
  caseNumber: CASE_NUMBER,
  workstation: WORKSTATION_ID,
  workstationKey: workstationThumbprint,
  activities: ['view'],
  noticeVersion: '2026-1',
  iat: NOW_S,
  durationS: 3600,
};
const RECEIPT = {
  iss: SERIAL,
  session: SESSION,
  grant: GRANTED,
  startedUtcMs: NOW_MS,
  endedUtcMs: NOW_MS + 1,
  reason: 'operator-ended',
  filesFetched: 1,
  bytesFetched: 2,
  filesPlaced: 3,
  bytesPlaced: 4,
  inputRefused: 5,
  journalSize: 6,
  journalRoot: HASH,
  iat: NOW_S,
};
const HEAD = { iss: SERIAL, size: 3, root: HASH, iat: NOW_S };
/** Also used to make evidence that lies. */
export const DESTRUCTION = {
  iss: 'gateway.example',
  case: CASE,
  caseNumber: CASE_NUMBER,
  cart: SERIAL,
  facility: 'St. Elsewhere',
  demo: false,
  records: 1,
  bytes: 2,
  method: 'cryptographic erase and deletion',
  technique: 't',
  tool: 'chaperone',
  verification: {
    method: 'm',
    keysFound: 0,
    recordsFound: 0,
    temporaryFilesFound: 0,
    rowsFound: 0,
    result: 'nothing found',
  },
  decidedBy: { id: TECHNICIAN, name: 'Ada', role: 'technician' },
  decidedUtcMs: NOW_MS,
  destroyedUtcMs: NOW_MS + 1,
  place: 'here',
  contact: 'there',
  ledgerIndex: 3,
  iat: NOW_S,
};

const JWS_WORDS = ['.', '..', '=', 'e30', 'eyJhbGciOiJub25lIn0', '\ud800'];
const X5C = [Buffer.from(workstationCertificate).toString('base64')];

const byWorkstation: Signer = {
  typ: TYP.sessionRequest,
  key: workstationKey,
  algorithm: 'ES256',
  x5c: X5C,
};
const byCart = (typ: string): Signer => ({ typ, key: cartKey, algorithm: 'ES256' });
const byLedger = (typ: string): Signer => ({ typ, key: ledgerPrivateKey, algorithm: 'EdDSA' });
const textOf = (value: object): Buffer => Buffer.from(JSON.stringify(value));

/** Changes the claims, or else what stands around them. */
async function lyingRequest(chance: Chance): Promise<Buffer> {
  if (chance.oneIn(4)) {
    const chain = changeBytes(Buffer.from(workstationCertificate), chance, []).toString('base64');
    const x5c = chance.oneIn(2) ? [chain] : [...X5C, chain];
    return await signText(textOf(REQUEST), { ...byWorkstation, x5c });
  }
  return await signChanged(REQUEST, chance, byWorkstation);
}

const KINDS = [
  { typ: TYP.sessionRequest, schema: sessionRequestClaims, claims: REQUEST, by: 'cart' },
  { typ: TYP.grant, schema: grantClaims, claims: GRANTED, by: 'cart' },
  { typ: TYP.sessionReceipt, schema: sessionReceiptClaims, claims: RECEIPT, by: 'cart' },
  { typ: TYP.journalHead, schema: journalHeadClaims, claims: HEAD, by: 'cart' },
  {
    typ: TYP.destructionCertificate,
    schema: destructionCertificateClaims,
    claims: DESTRUCTION,
    by: 'ledger',
  },
] as const;

const statements: readonly Target[] = KINDS.map(({ typ, schema, claims, by }) => {
  const signer = by === 'cart' ? byCart(typ) : byLedger(typ);
  return {
    name: `signed-${typ.replace(/^chaperone-|\+jwt$/g, '')}`,
    entry: `protocol/src/signed/statement.ts › readStatement (${typ})`,
    refusals: [StatementInvalid],
    limits: 'strict members, bounded texts; signature and typ first',
    form: 'text',
    words: JWS_WORDS,
    weight: 0.5,
    seeds: async () => [await signText(textOf(claims), signer)],
    vary: async (chance) => await signChanged(claims, chance, signer),
    feed: async (input) => {
      const jws = input.toString('utf8');
      const read =
        by === 'cart'
          ? await readStatement(jws, typ, schema, createPublicKey(cartKey), 'ES256')
          : await readStatement(jws, typ, schema, ledgerPublicKey, 'EdDSA');
      const again = schema.parse(JSON.parse(JSON.stringify(read)));
      holds(JSON.stringify(again) === JSON.stringify(read), 'claims are written as others');
      return read;
    },
  } satisfies Target;
});

const chain: Target = {
  name: 'signed-chain',
  entry: 'protocol/src/signed/statement.ts › chainOf',
  refusals: [StatementInvalid],
  limits: 'three certificates of 8,192 characters',
  form: 'text',
  words: JWS_WORDS,
  seeds: async () => [await signText(textOf(REQUEST), byWorkstation)],
  vary: (chance) => {
    const header = changedText({ alg: 'ES256', typ: TYP.sessionRequest, x5c: X5C }, chance);
    return Buffer.from(`${header.toString('base64url')}.e30.AA`);
  },
  feed: (input) => {
    const found = chainOf(input.toString('utf8'));
    holds(found.length >= 1 && found.length <= 3, 'a chain of another length');
    holds(
      found.every((one) => one.length < 8192),
      'a certificate is too long',
    );
    return found;
  },
};

const verifierOfCart: Target = {
  name: 'cart-session-request',
  entry: 'cart/src/consent/consent.ts › RequestVerifier.verify',
  refusals: [RequestUntrusted, RequestStale, RequestInvalid, ClockSkewed],
  limits: '300 s of life; only grantable activities; a name that can be shown',
  form: 'text',
  words: JWS_WORDS,
  weight: 0.5,
  seeds: async () => [await signText(textOf(REQUEST), byWorkstation)],
  vary: lyingRequest,
  feed: async (input) => {
    const verifier = new RequestVerifier({
      serial: SERIAL,
      cartKeyThumbprint: cartThumbprint,
      workstationAuthority: workstationRoot.certificate,
      sessionId: SESSION,
      challenge: HASH,
      challengeMonotonicMs: 0,
      monotonicMs: () => 0,
      utcMs: () => NOW_MS,
    });
    const expected = { caseId: CASE, caseNumber: CASE_NUMBER, resumes: null };
    const request = await verifier.verify(input.toString('utf8'), expected);
    holds(request.caseId === CASE && request.sessionId === SESSION, 'a request for something else');
    holds(/^\d{3} \d{3}$/.test(request.comparisonCode), 'no comparison code');
    holds(
      request.activities.every((one) => ACTIVITIES.includes(one)),
      'an unknown activity',
    );
    return request;
  },
};

const terms = {
  caller: { id: TECHNICIAN, name: 'Ada Lovelace', workstation: WORKSTATION_ID },
  serviceCase: { id: CASE, number: CASE_NUMBER, cart: SERIAL },
  session: SESSION,
  challenge: HASH,
  purpose: 'request',
  workstationRoot: workstationRoot.certificate,
  isRevoked: async () => false,
  nowMs: NOW_MS,
  deidentification: 'not-required',
} as unknown as RequestTerms;

const requestAtDesk: Target = {
  name: 'desk-session-request',
  entry: 'gateway/src/desk/session/check-request.ts › checkRequest',
  refusals: [SessionRequestInvalid, SessionRequestStale],
  limits: '300 s of life; nobody in another one’s name',
  form: 'text',
  words: JWS_WORDS,
  weight: 0.5,
  seeds: async () => [await signText(textOf(REQUEST), byWorkstation)],
  vary: lyingRequest,
  feed: async (input) => await checkRequest(input.toString('utf8'), terms),
};

const cartIdentity = {
  serial: SERIAL,
  certificateSerial: '01',
  key: createPublicKey(cartKey),
  keyThumbprint: cartThumbprint,
  algorithm: 'ES256',
} as const;

const grantAtDesk: Target = {
  name: 'desk-grant',
  entry: 'gateway/src/desk/session/check-grant.ts › checkGrant',
  refusals: [GrantInvalid],
  limits: 'no more than was requested',
  form: 'text',
  words: JWS_WORDS,
  weight: 0.5,
  seeds: async () => [await signText(textOf(GRANTED), byCart(TYP.grant))],
  vary: async (chance) => await signChanged(GRANTED, chance, byCart(TYP.grant)),
  feed: async (input) => {
    const asked = {
      jws: '',
      claims: sessionRequestClaims.parse(REQUEST),
      keyThumbprint: workstationThumbprint,
      certificateSerial: '01',
    } satisfies CheckedRequest;
    const { claims } = await checkGrant(input.toString('utf8'), cartIdentity, SESSION, [asked]);
    holds(
      claims.activities.every((one) => REQUEST.activities.includes(one)),
      'more than was asked',
    );
    return claims;
  },
};

const WATCHING_TECHNICIAN = parseId('technician', 'tech-00000000000000000000000002');
const WATCH_REQUEST = {
  ...REQUEST,
  sub: WATCHING_TECHNICIAN,
  purpose: 'watch',
  grant: GRANT,
  activities: ['view'],
};
const WATCH_GRANTED = {
  jti: 'grnt-00000000000000000000000002',
  iss: SERIAL,
  sub: WATCHING_TECHNICIAN,
  name: 'Ada Lovelace',
  session: SESSION,
  case: CASE,
  caseNumber: CASE_NUMBER,
  workstation: WORKSTATION_ID,
  workstationKey: workstationThumbprint,
  watches: GRANT,
  iat: NOW_S,
  durationS: 600,
};

const watchGrantAtDesk: Target = {
  name: 'desk-watch-grant',
  entry: 'gateway/src/desk/session/check-grant.ts › checkWatchGrant',
  refusals: [GrantInvalid],
  limits: 'for who asked, and the session that is watched',
  form: 'text',
  words: JWS_WORDS,
  weight: 0.5,
  seeds: async () => [await signText(textOf(WATCH_GRANTED), byCart(TYP.watchGrant))],
  vary: async (chance) => await signChanged(WATCH_GRANTED, chance, byCart(TYP.watchGrant)),
  feed: async (input) => {
    const asked = {
      jws: '',
      claims: sessionRequestClaims.parse(WATCH_REQUEST),
      keyThumbprint: workstationThumbprint,
      certificateSerial: '01',
    } satisfies CheckedRequest;
    const watched = { session: SESSION, grant: GRANT, technician: TECHNICIAN };
    const claims = await checkWatchGrant(input.toString('utf8'), cartIdentity, watched, asked);
    holds(claims.sub === WATCHING_TECHNICIAN && claims.watches === GRANT, 'for somebody else');
    return claims;
  },
};

const receiptAtDesk: Target = {
  name: 'desk-receipt',
  entry: 'gateway/src/desk/session/check-grant.ts › checkReceipt',
  refusals: [GrantInvalid],
  limits: 'of this cart and session',
  form: 'text',
  words: JWS_WORDS,
  weight: 0.5,
  seeds: async () => [await signText(textOf(RECEIPT), byCart(TYP.sessionReceipt))],
  vary: async (chance) => await signChanged(RECEIPT, chance, byCart(TYP.sessionReceipt)),
  feed: async (input) => await checkReceipt(input.toString('utf8'), cartIdentity, SESSION),
};

const LICENCE_CODE = newLicenceCode(() => new Uint8Array(19).fill(9));

const workstationProof: Target = {
  name: 'workstation-proof',
  entry: 'protocol/src/x509/workstation-proof.ts › readWorkstationProof',
  refusals: [MalformedWorkstationProof],
  limits: 'WORKSTATION_PROOF_CHARACTERS_MAX; ten minutes of clock',
  form: 'text',
  words: JWS_WORDS,
  weight: 0.5,
  seeds: async () => {
    const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    return [Buffer.from(await makeWorkstationProof(keys, LICENCE_CODE, NOW_MS))];
  },
  vary: async (chance) => {
    const { kty, crv, x, y } = createPublicKey(workstationKey).export({ format: 'jwk' });
    const jwk = { kty, crv, x, y };
    const header = changedText({ alg: 'ES256', typ: 'chaperone-workstation+jws', jwk }, chance);
    const claims = textOf({ licence: '0'.repeat(64), thumbprint: HASH, iat: NOW_S });
    const parts = [header, claims, Buffer.alloc(64, 1)].map((one) => one.toString('base64url'));
    return Buffer.from(parts.join('.'));
  },
  feed: async (input) => await readWorkstationProof(input.toString('utf8'), NOW_MS),
};

const signingKeyProof: Target = {
  name: 'workstation-signing-key-proof',
  entry: 'protocol/src/x509/workstation-proof.ts › readSigningKeyProof',
  refusals: [MalformedWorkstationProof],
  limits: 'WORKSTATION_PROOF_CHARACTERS_MAX; ten minutes of clock',
  form: 'text',
  words: JWS_WORDS,
  weight: 0.5,
  seeds: async () => {
    const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    return [Buffer.from(await makeSigningKeyProof(keys, WORKSTATION_ID, NOW_MS))];
  },
  vary: async (chance) => {
    const { kty, crv, x, y } = createPublicKey(workstationKey).export({ format: 'jwk' });
    const header = textOf({
      alg: 'ES256',
      typ: 'chaperone-workstation+jws',
      jwk: { kty, crv, x, y },
    });
    const claims = changedText(
      { workstation: WORKSTATION_ID, thumbprint: HASH, iat: NOW_S },
      chance,
    );
    const parts = [header, claims, Buffer.alloc(64, 1)].map((one) => one.toString('base64url'));
    return Buffer.from(parts.join('.'));
  },
  feed: async (input) => await readSigningKeyProof(input.toString('utf8'), NOW_MS),
};

const names: Target = {
  name: 'signed-names',
  entry: 'protocol/src/signed/request-id.ts › requestIdOf; comparison-code.ts › comparisonCode',
  refusals: [],
  limits: 'any text has one id and one code of six digits',
  form: 'text',
  words: ['\n', '\ud800', '\u0000'],
  seeds: () => [Buffer.from('a.b.c')],
  feed: (input) => {
    const text = input.toString('utf8');
    holds(/^rqst-[0-9a-z]{26}$/.test(requestIdOf(text)), 'no id');
    const code = comparisonCode({
      cartKeyThumbprint: text,
      workstationKeyThumbprint: text,
      sessionId: text,
      caseId: text,
      technicianId: text,
    });
    holds(/^\d{3} \d{3}$/.test(code), 'no code');
    return code;
  },
};

export const STATEMENT_TARGETS: readonly Target[] = [
  ...statements,
  chain,
  verifierOfCart,
  requestAtDesk,
  grantAtDesk,
  watchGrantAtDesk,
  receiptAtDesk,
  workstationProof,
  signingKeyProof,
  names,
];
