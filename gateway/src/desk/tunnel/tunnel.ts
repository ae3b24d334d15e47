/**
 * The desk's end of the tunnel: takes connections from the edge, ends their TLS, and makes links of them.
 *
 * A connection is first judged (by the authority, the one place that does), then asked for its hello; an interactive one becomes a link, a bulk
 * one goes to the link of the same session and certificate. A newer link of a cart takes the place of an older one,
 * since only the cart's key could have made it. It knows no sessions and no cases.
 */
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { hello } from '@chaperone/protocol/cart-api/schema.ts';
import type { Hello } from '@chaperone/protocol/cart-api/schema.ts';
import {
  CART_ALPN,
  PROTOCOL_HEADER,
  PROTOCOL_VERSIONS,
} from '@chaperone/protocol/cart-api/version.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { CartRefused } from '../../authority/contract.ts';
import type { Authority } from '../../authority/contract.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { CartIdentity, CartLink } from './cart-link.ts';
import { Connection } from './connection.ts';
import { HttpCartLink } from './http-link.ts';
import { CartMisbehaved, CartRefusal, CartUnreachable } from './tunnel-error.ts';

export type { CartIdentity, CartLink, Content, ContentAsk } from './cart-link.ts';
export { CartMisbehaved, CartRefusal, CartUnreachable } from './tunnel-error.ts';
export type { Preparation } from './tunnel-error.ts';

/** How long a bulk connection waits for its interactive one when they arrive out of order. */
const PAIRING_WAIT_MS = 5_000;
/** Connections that have not said hello yet; guards memory against a cart that only connects. */
const UNPAIRED_MAX = 256;
/** The same of one certificate, so that it leaves places for others. A cart in trouble dials two again and again. */
const UNPAIRED_PER_CERTIFICATE_MAX = 16;
/** Facts about refusals that one source may cause per minute; more are counted in the log only. */
const REFUSAL_FACTS_PER_MINUTE_MAX = 6;
const SOURCES_REMEMBERED_MAX = 2_000;
/**
 * Links that one cart may begin: each writes two facts. A network that comes and goes needs many in a minute and few
 * in an hour; a hostile cart makes at most 43,000 facts a day until its licence is retired.
 */
const LINKS_BURST = 30;
const LINKS_PER_SECOND = 0.25;
/** The rule that a connection broke whose certificate has been revoked. */
const REVOKED = 'CERTIFICATE_REVOKED';
/** The rule that a cart broke which has more connections than it could use. */
const FLOODED = 'CONNECTIONS_FLOODED';

export interface TunnelOptions {
  readonly authority: Pick<
    Authority,
    'admitCart' | 'isRevoked' | 'onRevoked' | 'tunnelServerOptions'
  >;
  /** Writes a fact of something that has already happened. Must not throw. */
  readonly record: (fact: LedgerFact) => void;
}

export type LinkListener = (link: CartLink) => void;

/** Connected carts, by serial. */
export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #server;
  readonly #links = new Map<string, HttpCartLink>();
  readonly #listeners = new Set<LinkListener>();
  /** Connections that have not become part of a link, with their certificate's serial number. */
  readonly #greeting = new Map<Connection, string>();
  readonly #sockets = new Set<Socket>();
  readonly #begun = new RateLimit({
    burst: LINKS_BURST,
    perSecond: LINKS_PER_SECOND,
    keysMax: SOURCES_REMEMBERED_MAX,
    now: () => performance.now(),
  });
  readonly #refusals = new Map<string, { count: number; sinceMs: number }>();
  readonly #arrivals = new Set<() => void>();
  #closed = false;

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#server = createServer(options.authority.tunnelServerOptions([CART_ALPN]));
    options.authority.onRevoked((entry) => this.endRevoked(entry.certificateSerialHex));
    this.#server.on('secureConnection', (socket) => void this.#greet(socket));
    this.#server.on('tlsClientError', (_fault, socket) => socket.destroy());
  }

  /** Takes over an untouched connection. */
  accept(socket: Socket): void {
    if (this.#closed || this.#greeting.size >= UNPAIRED_MAX) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#server.emit('connection', socket);
  }

  /** Gives a connected cart's link, or null. */
  linkOf(serial: string): CartLink | null {
    return this.#links.get(serial) ?? null;
  }

  /** Tells of each new link; the link's own `ended` tells of its end. */
  onLink(listener: LinkListener): void {
    this.#listeners.add(listener);
  }

  /** Ends what a certificate holds that has just been revoked. */
  endRevoked(certificateSerial: string): void {
    for (const link of this.#links.values()) {
      if (link.identity.certificateSerial === certificateSerial) link.close(REVOKED);
    }
    // Also while its hello is under way: what was asked about it may have been answered a moment before.
    for (const [connection, serial] of this.#greeting) {
      if (serial === certificateSerial) connection.close(REVOKED);
    }
  }

  /** Ends every connection. */
  close(): void {
    this.#closed = true;
    for (const link of this.#links.values()) link.close('gateway-stopped');
    for (const connection of this.#greeting.keys()) connection.close('gateway-stopped');
    for (const socket of this.#sockets) socket.destroy();
    this.#arrived();
  }

  async #greet(socket: TLSSocket): Promise<void> {
    socket.on('error', () => socket.destroy());
    let identity: CartIdentity | null = null;
    let connection: Connection | null = null;
    try {
      const { authority } = this.#options;
      identity = identityOf(await authority.admitCart(socket));
      if (socket.alpnProtocol !== CART_ALPN) throw new CartMisbehaved('WRONG_PROTOCOL');
      this.#makePlace(identity.certificateSerial);
      connection = new Connection(socket);
      this.#greeting.set(connection, identity.certificateSerial);
      const said = await connection.askFor(hello, {
        ...{ method: 'GET', path: '/v1/hello' },
        headers: { [PROTOCOL_HEADER]: PROTOCOL_VERSIONS.max },
      });
      checkHello(said, identity);
      // Asked again: a revocation may have come while the hello was under way.
      if (await authority.isRevoked(identity.certificateSerial)) {
        throw new CartMisbehaved(REVOKED);
      }
      if (said.connection === 'interactive') this.#enter(identity, said, connection);
      else await this.#pair(identity, said, connection);
    } catch (fault) {
      const rule = brokenRule(connection);
      connection?.close('not-admitted');
      socket.destroy();
      this.#refuse(rule === null ? fault : new CartMisbehaved(rule), identity);
    } finally {
      if (connection !== null) this.#greeting.delete(connection);
    }
  }

  /** The newest connections of a certificate are the ones that its cart means. */
  #makePlace(certificateSerial: string): void {
    const own = [...this.#greeting].filter(([, serial]) => serial === certificateSerial);
    if (own.length >= UNPAIRED_PER_CERTIFICATE_MAX) own[0]?.[0].close(FLOODED);
  }

  #arrived(): void {
    for (const waiter of this.#arrivals) waiter();
  }

  #enter(identity: CartIdentity, said: Hello, connection: Connection): void {
    if (this.#closed || connection.ended.aborted)
      throw new CartUnreachable('The cart left at once.');
    if (!this.#begun.take(identity.serial)) throw new CartMisbehaved(FLOODED);
    const older = this.#links.get(identity.serial);
    const link = new HttpCartLink(identity, said, connection);
    this.#links.set(identity.serial, link);
    older?.close('replaced');
    const { serial: cart, certificateSerial } = identity;
    const facts = { cart, sessionId: said.session, certificateSerial } as const;
    this.#options.record({ kind: 'cart-connected', ...facts });
    link.ended.addEventListener(
      'abort',
      () => {
        if (this.#links.get(identity.serial) === link) this.#links.delete(identity.serial);
        this.#options.record({ kind: 'cart-disconnected', ...facts });
        this.#noteRule(connection, identity);
      },
      { once: true },
    );
    this.#arrived();
    for (const listener of this.#listeners) listener(link);
  }

  async #pair(identity: CartIdentity, said: Hello, connection: Connection): Promise<void> {
    const find = (): HttpCartLink | undefined => {
      const link = this.#links.get(identity.serial);
      const same =
        link?.hello.session === said.session &&
        link.identity.certificateSerial === identity.certificateSerial;
      return same ? link : undefined;
    };
    const untilMs = performance.now() + PAIRING_WAIT_MS;
    for (;;) {
      const link = find();
      if (link !== undefined) {
        connection.ended.addEventListener('abort', () => this.#noteRule(connection, identity), {
          once: true,
        });
        return link.attachBulk(connection);
      }
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || this.#closed || connection.ended.aborted) break;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          this.#arrivals.delete(go);
          resolve();
        };
        const timer = setTimeout(go, leftMs);
        this.#arrivals.add(go);
      });
    }
    throw new CartMisbehaved('BULK_WITHOUT_INTERACTIVE');
  }

  #noteRule(connection: Connection, identity: CartIdentity): void {
    const rule = brokenRule(connection);
    if (rule !== null) this.#refuse(new CartMisbehaved(rule), identity);
  }

  #refuse(fault: unknown, identity: CartIdentity | null): void {
    const claim = fault instanceof CartRefused ? fault : null;
    // Who is not admitted has only claimed its serial; it is written down as a claim that was refused.
    const cart = identity?.serial ?? claim?.serial ?? null;
    const code = ruleOf(fault);
    if (code === null || !this.#mayRecord(cart ?? '')) return;
    const certificateSerial = identity?.certificateSerial ?? claim?.certificateSerialHex ?? null;
    this.#options.record({ kind: 'cart-refused', cart, certificateSerial, code });
  }

  /** A hostile peer must not be able to fill the ledger. */
  #mayRecord(source: string): boolean {
    const nowMs = performance.now();
    const known = this.#refusals.get(source);
    const slot =
      known !== undefined && nowMs - known.sinceMs < 60_000 ? known : { count: 0, sinceMs: nowMs };
    slot.count += 1;
    this.#refusals.delete(source);
    this.#refusals.set(source, slot);
    if (this.#refusals.size > SOURCES_REMEMBERED_MAX) {
      const [oldest] = this.#refusals.keys();
      if (oldest !== undefined) this.#refusals.delete(oldest);
    }
    return slot.count <= REFUSAL_FACTS_PER_MINUTE_MAX;
  }
}

function identityOf(certificate: PeerCertificate): CartIdentity {
  return {
    serial: certificate.serial,
    certificateSerial: certificate.certificateSerialHex,
    key: certificate.publicKey,
    keyThumbprint: certificate.keyThumbprint,
    algorithm: certificate.publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256',
  };
}

/** @throws CartMisbehaved when the hello does not fit the certificate or the protocol */
function checkHello(said: Hello, identity: CartIdentity): void {
  if (said.serial !== identity.serial) throw new CartMisbehaved('SERIAL_MISMATCH');
  if (said.keyThumbprint !== identity.keyThumbprint) throw new CartMisbehaved('KEY_MISMATCH');
  const { min, max } = said.protocol;
  if (min > PROTOCOL_VERSIONS.max || max < PROTOCOL_VERSIONS.min) {
    throw new CartMisbehaved('PROTOCOL_UNSUPPORTED');
  }
}

/** A connection that ended by a broken rule carries the rule's name; null for any other end, and for none. */
function brokenRule(connection: Connection | null): string | null {
  const why = String(connection?.ended.reason ?? '');
  return /^[A-Z][A-Z0-9_]+$/.test(why) ? why : null;
}

/** Gives what is written down, or null for a peer that merely went away. */
function ruleOf(fault: unknown): string | null {
  if (fault instanceof CartMisbehaved) return fault.rule;
  if (fault instanceof CartRefused)
    return `CERTIFICATE_${fault.reason.toUpperCase().replaceAll('-', '_')}`;
  if (fault instanceof CartRefusal) return 'HELLO_REFUSED';
  return fault instanceof CartUnreachable ? null : 'INTERNAL';
}
