/**
 * Test support: a real OpenID provider (`oidc-provider`) of the test's own, over TLS, with a sign-in page and people who can
 * be disabled. Its own answers can be changed on their way out, signed anew by its own key: what a broken or hostile
 * provider would send.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from 'jose';
import type { JWTPayload } from 'jose';
import { Provider } from 'oidc-provider';
import type { Configuration } from 'oidc-provider';

const run = promisify(execFile);
export const REGISTERED_ID = 'chaperone';
export const REGISTERED_SECRET = 'only-for-tests-0123456789-abcdefghij';
export const PROVIDER_PASSWORD = 'Correct-Horse-7';

export interface ProviderPerson {
  readonly name: string;
  groups: readonly string[];
  disabled?: boolean;
  /** Signs in as long ago as this, whatever was asked: a provider that ignores `prompt=login`. Seconds. */
  signedInBeforeS?: number;
}

export interface OpenIDProvider extends AsyncDisposable {
  readonly issuer: string;
  /** The authority of its certificate, PEM. */
  readonly authorities: string;
  /** By user principal name; the subject is another. */
  readonly people: Map<string, ProviderPerson>;
  /** Changes what goes out in ID tokens; null: nothing. A claim that is undefined is left out. */
  tamper: ((claims: JWTPayload) => JWTPayload) | null;
  /** Signs what it changed with a key that is not its own. */
  forging: boolean;
  /** Answers every question with this status, or without an end; null: as it is made to. */
  failing: number | 'endless' | null;
  /** What was taken of the last answer without an end. */
  endlessBytes: number;
  /** Takes nothing from now on until `open`. */
  close(): Promise<void>;
  open(): Promise<void>;
}

export interface ProviderPlan {
  /** Where it may send browsers back. */
  readonly returnTo: readonly string[];
  /** False: it gives no refresh tokens. */
  readonly refreshes?: boolean;
}

const subjectOf = (name: string): string => `subject-of-${name}`;

/** Starts a provider on a free port of 127.0.0.1. */
export async function startOpenIDProvider(plan: ProviderPlan): Promise<OpenIDProvider> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-provider-'));
  const identity = await makeIdentity(folder);
  const server = createServer({ key: identity.key, cert: identity.cert });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `https://127.0.0.1:${port}`;
  const people = new Map<string, ProviderPerson>();
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const stranger = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'test' };
  const provider = new Provider(issuer, settings(people, plan, jwk));
  const own: OpenIDProvider = {
    issuer,
    authorities: identity.authorities,
    people,
    tamper: null,
    forging: false,
    failing: null,
    endlessBytes: 0,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    open: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await own.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  provider.use(async (context, next) => {
    await next();
    const body = context.body as { id_token?: string } | undefined;
    if (own.tamper === null || typeof body?.id_token !== 'string') return;
    const claims = JSON.parse(JSON.stringify(own.tamper(decodeJwt(body.id_token)))) as JWTPayload;
    const signed = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'test' });
    body.id_token = await signed.sign(own.forging ? stranger.privateKey : privateKey);
  });
  const callback = provider.callback();
  server.on('request', (request, response) => {
    if (own.failing === 'endless') {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"issuer":"');
      const filler = Readable.from(fillerOf('a'.repeat(65_536)));
      return void filler.pipe(response).on('close', () => {
        own.endlessBytes = request.socket.bytesWritten;
        filler.destroy();
      });
    }
    if (own.failing !== null) {
      response.writeHead(own.failing, { 'content-type': 'text/html' }).end('<p>Out of order');
      return;
    }
    if (!request.url?.startsWith('/interaction/')) return void callback(request, response);
    void answerSignIn(provider, people, request, response).catch((fault: unknown) =>
      response.writeHead(500).end(String(fault)),
    );
  });
  return own;
}

function* fillerOf(chunk: string): Generator<string> {
  for (;;) yield chunk;
}

function settings(
  people: ReadonlyMap<string, ProviderPerson>,
  { returnTo, refreshes = true }: ProviderPlan,
  jwk: object,
): Configuration {
  const withSubject = (subject: string) =>
    [...people].find(([name]) => subjectOf(name) === subject);
  return {
    clients: [
      {
        client_id: REGISTERED_ID,
        client_secret: REGISTERED_SECRET,
        // Only a native application may come back to http://localhost, where the console of a demo is.
        application_type: returnTo.every((each) => each.startsWith('https:')) ? 'web' : 'native',
        redirect_uris: [...returnTo],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    jwks: { keys: [jwk as never] },
    cookies: { keys: ['only for tests'] },
    claims: { openid: ['sub', 'upn', 'groups'], profile: ['name'] },
    // Entra ID and AD FS put claims into the ID token, and renew without having been asked for consent.
    conformIdTokenClaims: false,
    issueRefreshToken: async () => refreshes,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 600,
      Grant: 3_600,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: 3_600,
      Session: 3_600,
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: async (_context, subject) => {
      const [name, person] = withSubject(subject) ?? [];
      if (name === undefined || person === undefined || person.disabled === true) return undefined;
      return {
        accountId: subject,
        claims: () => ({ sub: subject, upn: name, name: person.name, groups: [...person.groups] }),
      };
    },
    loadExistingGrant: async ({ oidc }) => {
      const { client, session } = oidc;
      const { accountId } = session ?? {};
      if (client === undefined || accountId === undefined) return undefined;
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId });
      grant.addOIDCScope('openid profile offline_access');
      await grant.save();
      return grant;
    },
  };
}

/** The page on which people sign in at the provider. */
async function answerSignIn(
  provider: Provider,
  people: ReadonlyMap<string, ProviderPerson>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    const given = new URLSearchParams(await readAll(request));
    if (given.has('cancel')) {
      const refusal = { error: 'access_denied', error_description: 'cancelled' };
      return await provider.interactionFinished(request, response, refusal);
    }
    const name = given.get('login') ?? '';
    const person = people.get(name);
    const isRight = given.get('password') === PROVIDER_PASSWORD;
    if (person !== undefined && person.disabled !== true && isRight) {
      const ts = Math.floor(Date.now() / 1_000) - (person.signedInBeforeS ?? 0);
      const login = { accountId: subjectOf(name), ts };
      return await provider.interactionFinished(request, response, { login, consent: {} });
    }
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
}

const PAGE = `<!doctype html><html lang="en"><title>Example Sign-In</title><h1>Example Sign-In</h1>
<form method="post"><label>Name <input name="login"></label>
<label>Password <input name="password" type="password"></label><button>Go on</button>
<button name="cancel" value="1">Cancel</button></form>`;

async function makeIdentity(
  folder: string,
): Promise<{ readonly key: string; readonly cert: string; readonly authorities: string }> {
  const at = (name: string): string => path.join(folder, name);
  const curve = ['-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', ...curve, '-days', '30', '-subj', '/CN=Provider Root'],
    ...['-keyout', at('ca.key'), '-out', at('ca.crt')],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  await run('openssl', [
    ...['req', '-newkey', 'ec', ...curve, '-subj', '/CN=provider'],
    ...['-keyout', at('own.key'), '-out', at('own.csr')],
  ]);
  await writeFile(at('own.ext'), 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  await run('openssl', [
    ...['x509', '-req', '-in', at('own.csr'), '-CA', at('ca.crt'), '-CAkey', at('ca.key')],
    ...['-CAcreateserial', '-days', '30', '-extfile', at('own.ext'), '-out', at('own.crt')],
  ]);
  const [key, cert, authorities] = await Promise.all(
    ['own.key', 'own.crt', 'ca.crt'].map(async (name) => await readFile(at(name), 'utf8')),
  );
  return { key: key ?? '', cert: cert ?? '', authorities: authorities ?? '' };
}
