/**
 * The table in docs/dependencies.md against the package.json files: each runtime dependency has its row, with the
 * exact version, the packages that declare it, its zone and its purpose; no row is left over.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packagesOf } from '../workspace/workspace.ts';

const TABLE = 'docs/dependencies.md';
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
/** `| name | version | declared in | zone | purpose |` */
const ROW =
  /^\|\s*`([^`|]+)`\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|$/;

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Row {
  readonly version: string;
  readonly declaredIn: string;
  readonly zone: string;
  readonly purpose: string;
}

/** Lists what the table lacks, says wrongly or has left over, one sentence each. */
export function dependencyFindings(root: string): readonly string[] {
  const rows = readRows(readFileSync(path.join(root, TABLE), 'utf8'));
  const findings: string[] = [];
  const declared = new Map<string, { version: string; declaredIn: string[] }>();
  for (const owner of ['.', ...packagesOf(root)]) {
    const manifest = readManifest(path.join(root, owner, 'package.json'));
    for (const [name, version] of Object.entries({
      ...manifest.devDependencies,
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
    })) {
      if (!EXACT.test(version)) {
        findings.push(`${owner}/package.json: ${name} "${version}" is not one exact version.`);
      }
    }
    const runtime = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const [name, version] of Object.entries(runtime)) {
      if (name.startsWith('@chaperone/')) continue;
      const known = declared.get(name) ?? { version, declaredIn: [] };
      if (known.version !== version) {
        findings.push(`${name} is ${known.version} in one package and ${version} in ${owner}.`);
      }
      known.declaredIn.push(owner === '.' ? 'root' : owner);
      declared.set(name, known);
    }
  }
  for (const [name, { version, declaredIn }] of declared) {
    const where = declaredIn.join(', ');
    const row = rows.get(name);
    if (row === undefined) {
      findings.push(`${TABLE} lacks: | \`${name}\` | ${version} | ${where} | zone | purpose |`);
    } else {
      findings.push(...rowFindings(name, row, version, where));
    }
  }
  for (const name of rows.keys()) {
    if (!declared.has(name))
      findings.push(`${TABLE} has a row for ${name}, which nobody declares.`);
  }
  return findings;
}

function rowFindings(name: string, row: Row, version: string, where: string): readonly string[] {
  const findings: string[] = [];
  if (row.version !== version) {
    findings.push(`${TABLE} says ${name} ${row.version}; declared is ${version}.`);
  }
  if (row.declaredIn !== where) {
    findings.push(`${TABLE} says that ${name} is in "${row.declaredIn}"; it is in "${where}".`);
  }
  if (row.zone === '' || row.purpose === '') {
    findings.push(`${TABLE}: the row of ${name} needs a zone and a purpose.`);
  }
  return findings;
}

function readRows(text: string): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of text.split('\n')) {
    const [, name, version = '', declaredIn = '', zone = '', purpose = ''] = ROW.exec(line) ?? [];
    if (name !== undefined) rows.set(name, { version, declaredIn, zone, purpose });
  }
  return rows;
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}
