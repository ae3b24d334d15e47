/** Targets of what an administrator writes: configuration files, addresses, lists of people. */
import {
  ConfigurationInvalid as CartConfigurationInvalid,
  parseConfiguration,
} from '@chaperone/cart/configuration/configuration.ts';
import {
  ConfigurationInvalid,
  checkConfiguration,
} from '@chaperone/gateway/platform/configuration/configuration.ts';
import { parseJson } from '@chaperone/gateway/platform/configuration/json-position.ts';
import { DatabaseMisconfigured } from '@chaperone/gateway/platform/database/database-error.ts';
import { parsePostgresqlUrl } from '@chaperone/gateway/platform/database/postgresql-url.ts';
import { SERIAL } from '../fixture/authorities.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

/** The file is no JSON: said with line and column. */
class NoJSON extends Error {
  override readonly name = 'NoJSON';
}

const ORIGIN = { source: 'the file', directory: '/etc/chaperone' };

export const GATEWAY_CONFIGURATION = {
  dataDirectory: 'data',
  demo: true,
  serviceCentre: { name: 'Centre', phone: '+1 555 0100', phiPolicyUrl: 'https://example.com/phi' },
  edge: { listen: { host: '127.0.0.1', port: 0 }, gatewayNames: ['localhost'] },
  console: { listen: { host: '127.0.0.1', port: 0 }, names: ['127.0.0.1'], tls: 'off' },
  database: { url: 'sqlite' },
  directory: { kind: 'demo' },
  antivirus: { kind: 'none-demo' },
  limits: { signInIdleMs: 900_000 },
  log: { level: 'info' },
};

export const CART_CONFIGURATION = {
  dataDirectory: '/var/lib/chaperone-cart',
  cart: { serial: SERIAL, model: 'M' },
  gateway: {
    host: '127.0.0.1',
    port: 443,
    serverName: 'gateway.example',
    rootFingerprint: '00'.repeat(32),
  },
  serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.com' },
  panel: { port: 0 },
  screen: { kind: 'rfb', address: 'rfb://127.0.0.1:5900' },
  indicator: { kind: 'none', reason: 'A server without a display.' },
  directories: [{ id: 'exams', label: 'Exams', path: '/srv/exams' }],
  inbox: { path: '/srv/inbox', label: 'Inbox', bytesMax: 1000 },
  limits: { grantMs: 1000 },
  demo: true,
};

const jsonPosition: Target = {
  name: 'configuration-json',
  entry: 'gateway/src/platform/configuration/json-position.ts › parseJson',
  refusals: [NoJSON],
  limits: '32 levels; no name twice; reads exactly what JSON.parse reads',
  form: 'json',
  words: ['//', ',', '\\u12', '\\', '"', '\u0001', '-', '1e', 'tru', '\ufeff', '\n'],
  seeds: () => [
    Buffer.from(JSON.stringify(GATEWAY_CONFIGURATION, null, 2)),
    Buffer.from('[-0.5e+3,"\\u0041",null,true]'),
  ],
  feed: (input) => {
    const text = input.toString('utf8');
    const { value, fault } = parseJson(text);
    if (fault !== undefined) {
      holds(fault.line >= 1 && fault.column >= 1, 'a fault nowhere');
      throw new NoJSON(fault.reason);
    }
    const same = JSON.stringify(JSON.parse(text.replace(/^\ufeff/, '')));
    holds(JSON.stringify(value) === same, 'it reads something else than JSON.parse');
    return value;
  },
};

const gateway: Target = {
  name: 'configuration-gateway',
  entry: 'gateway/src/platform/configuration/configuration.ts › checkConfiguration',
  refusals: [ConfigurationInvalid, NoJSON],
  limits: 'unknown keys refuse; what the file holds is not repeated',
  form: 'json',
  seeds: () => [
    Buffer.from(JSON.stringify(GATEWAY_CONFIGURATION)),
    Buffer.from(
      JSON.stringify({
        ...GATEWAY_CONFIGURATION,
        database: { url: 'postgresql://a@127.0.0.1:1/b', passwordFile: 'p' },
      }),
    ),
  ],
  feed: (input) => {
    const { value, fault } = parseJson(input.toString('utf8'));
    if (fault !== undefined) throw new NoJSON(fault.reason);
    const configuration = checkConfiguration(value, ORIGIN);
    holds(configuration.dataDirectory.startsWith('/'), 'a path that is not absolute');
    return configuration;
  },
};

const cart: Target = {
  name: 'configuration-cart',
  entry: 'cart/src/configuration/configuration.ts › parseConfiguration',
  refusals: [CartConfigurationInvalid, NoJSON],
  limits: 'unknown keys refuse',
  form: 'json',
  seeds: () => [
    Buffer.from(JSON.stringify(CART_CONFIGURATION)),
    Buffer.from(
      JSON.stringify({
        ...CART_CONFIGURATION,
        indicator: undefined,
        screen: { kind: 'x11', display: ':0' },
      }),
    ),
    Buffer.from(JSON.stringify({ ...CART_CONFIGURATION, screen: { kind: 'demo' }, inbox: null })),
  ],
  feed: (input) => {
    let value: unknown;
    try {
      value = JSON.parse(input.toString('utf8'));
    } catch (cause) {
      throw new NoJSON('no JSON', { cause });
    }
    return parseConfiguration(value);
  },
};

const databaseAddress: Target = {
  name: 'configuration-database-address',
  entry: 'gateway/src/platform/database/postgresql-url.ts › parsePostgresqlUrl',
  refusals: [DatabaseMisconfigured],
  limits: 'no password, no options',
  form: 'text',
  words: ['%', '%zz', '%00', '@', ':', '/', '?', '#', '[::1]', 'postgresql://', 'é'],
  seeds: () =>
    ['postgresql://a@db.example:5432/chaperone', 'postgresql://a%20b@[::1]/x%2Dy'].map((text) =>
      Buffer.from(text),
    ),
  feed: (input) => {
    const address = parsePostgresqlUrl(input.toString('utf8'));
    holds(address.port >= 0 && address.port <= 65_535, 'no port');
    return address;
  },
};

export const CONFIGURATION_TARGETS: readonly Target[] = [
  jsonPosition,
  gateway,
  cart,
  databaseAddress,
];
