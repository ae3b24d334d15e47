/**
 * The import rules: one entry each, judged edge by edge.
 *
 * They hold the architecture where a reviewer's eye would tire. What one edge cannot show (cycles, what a page
 * reaches in the end, private keys) stands in whole-tree-rules.ts.
 */
import { isTest } from '../workspace/workspace.ts';
import type { Edge } from './graph.ts';
import {
  ONLOOKERS,
  featureOf,
  isCompositionRoot,
  isProduct,
  isTestSupport,
  packageOf,
  zoneOf,
} from './place.ts';

export interface EdgeRule {
  readonly name: string;
  /** What to do instead, for the person who broke it. */
  readonly advice: string;
  readonly forbids: (edge: Edge) => boolean;
}

const DEPLOYABLES: ReadonlySet<string> = new Set([
  'gateway',
  'cart',
  'panel',
  'console',
  'workstation',
  'facility',
  'verify',
]);

/** What asks a company who somebody is: LDAP, Kerberos, OpenID Connect and its roads. */
const DIRECTORY_PACKAGES: ReadonlySet<string> = new Set([
  'ldapts',
  'ldapjs',
  'kerberos',
  'openid-client',
  'oauth4webapi',
  'undici',
]);
const SQL_DRIVERS: ReadonlySet<string> = new Set([
  'pg',
  'pg-native',
  'postgres',
  'sqlite',
  'better-sqlite3',
]);
/** What reaches the machine's devices: its packages, and other processes. */
const DEVICE_IO: ReadonlySet<string> = new Set([
  'child_process',
  'serialport',
  'node-hid',
  'usb',
  'evdev',
  'dbus-next',
  '@homebridge/dbus-native',
  'x11',
]);

export const EDGE_RULES: readonly EdgeRule[] = [
  {
    name: 'domain-is-pure',
    advice: 'domain knows only domain: pass clock, chance and the outside world in as arguments.',
    forbids: ({ from, to, kind }) => {
      if (packageOf(from) !== 'domain') return false;
      if (kind === 'file') return packageOf(to) !== 'domain';
      return isProduct(from);
    },
  },
  {
    name: 'deployables-apart',
    advice: 'programs meet on the wire: move what both need to protocol or domain.',
    forbids: ({ from, to, kind }) => {
      const importer = packageOf(from);
      if (kind !== 'file' || ONLOOKERS.has(importer) || importer === 'domain') return false;
      const imported = packageOf(to);
      if (importer === imported) return false;
      return DEPLOYABLES.has(imported) || ONLOOKERS.has(imported);
    },
  },
  {
    name: 'zones-through-contracts',
    advice: "import the other zone's contract.ts; main.ts hands the implementation in.",
    forbids: ({ from, to, kind }) => {
      if (kind !== 'file' || packageOf(from) !== 'gateway') return false;
      if (isExempt(from)) return false;
      const zone = zoneOf(to);
      if (zone === undefined || zone === zoneOf(from)) return false;
      return to !== `gateway/src/${zone}/contract.ts`;
    },
  },
  {
    name: 'features-through-doors',
    advice: "import the feature's door, the file that bears the folder's name.",
    forbids: ({ from, to, kind }) => {
      if (kind !== 'file' || packageOf(from) !== packageOf(to)) return false;
      if (isExempt(from)) return false;
      // Another zone is the affair of the rule above.
      if (zoneOf(from) !== zoneOf(to)) return false;
      const feature = featureOf(to);
      if (feature === undefined || feature.folder === featureOf(from)?.folder) return false;
      return to.replace(/\.tsx?$/, '') !== feature.door;
    },
  },
  {
    name: 'ldap-in-directory-only',
    advice:
      'only gateway/src/directory asks a directory (LDAP, OpenID Connect); ask it through its contract.',
    forbids: ({ from, to, kind }) =>
      kind === 'package' &&
      DIRECTORY_PACKAGES.has(to) &&
      isProduct(from) &&
      !from.startsWith('gateway/src/directory/'),
  },
  {
    name: 'sql-driver-in-platform-database-only',
    advice: 'only platform/database opens a database; take the Kysely instance as an argument.',
    forbids: ({ from, to, kind }) =>
      kind !== 'file' &&
      SQL_DRIVERS.has(to) &&
      isProduct(from) &&
      !/^(?:gateway|cart)\/src\/platform\/database\//.test(from),
  },
  {
    name: 'device-io-in-device-only',
    advice: 'only cart/src/device starts other programs or touches devices; go through its door.',
    forbids: ({ from, to, kind }) =>
      kind !== 'file' &&
      DEVICE_IO.has(to) &&
      isProduct(from) &&
      packageOf(from) === 'cart' &&
      !from.startsWith('cart/src/device/'),
  },
  {
    name: 'testing-stays-out',
    advice: 'what stands in a folder named testing is for tests; move what both need out of it.',
    forbids: ({ from, to, kind }) => kind === 'file' && isProduct(from) && isTestSupport(to),
  },
  {
    name: 'packages-by-name',
    advice: 'import another package by its name (@chaperone/…), never by a path out of this one.',
    forbids: ({ from, to, specifier, kind }) =>
      kind === 'file' &&
      specifier.startsWith('.') &&
      packageOf(from) !== packageOf(to) &&
      !ONLOOKERS.has(packageOf(from)),
  },
];

/** Tests, and what puts a program together, may look into all of their own package. */
function isExempt(file: string): boolean {
  return isTest(file) || isTestSupport(file) || isCompositionRoot(file);
}
