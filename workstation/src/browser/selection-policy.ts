/**
 * The policy by which Chromium shows its certificate to the gateway without asking a person each time, and to nobody else.
 *
 * It lies with the machine's policies, so that only root can write it; without root a person is told what to put where.
 * @see https://chromeenterprise.google/policies/#AutoSelectCertificateForUrls
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { readSmallFile } from '../platform/small-file.ts';
import { removeFile, writeWholeFile } from '../platform/whole-file.ts';

const POLICY = 'AutoSelectCertificateForUrls';
const FILE = 'chaperone-workstation.json';
/** The browser that runs as a person has to read it. */
const FILE_MODE = 0o644;

/** Which of Chromium's kin is on this machine, by the folder where its package puts something. */
const POLICY_FOLDERS = [
  { policies: '/etc/chromium/policies/managed', present: ['/etc/chromium', '/usr/bin/chromium'] },
  {
    policies: '/etc/opt/chrome/policies/managed',
    present: ['/etc/opt/chrome', '/opt/google/chrome'],
  },
] as const;

/** What became of one policy file. `by-hand`: a person has to put the content there. */
export interface PolicyState {
  readonly file: string;
  readonly content: string;
  readonly state: 'written' | 'by-hand' | 'taken';
}

/** Gives the folders of this machine's policies, Chromium's own if none of its kin is seen. */
export function policyFolders(): readonly string[] {
  const found = POLICY_FOLDERS.filter(({ present }) => present.some((place) => existsSync(place)));
  return (found.length === 0 ? POLICY_FOLDERS.slice(0, 1) : found).map(({ policies }) => policies);
}

/**
 * Writes the policy where this account may, and says what is to be done where it may not.
 *
 * A list is not joined from several files: where another file holds the same policy, ours would take its place or lose
 * against it, so that is left to a person (`taken`).
 * @param origin `https://host:port`
 * @param issuerName common name of the workstations' root
 */
export async function placeSelectionPolicy(
  origin: string,
  issuerName: string,
  folders: readonly string[] = policyFolders(),
): Promise<readonly PolicyState[]> {
  const content = selectionPolicy(origin, issuerName);
  const states: PolicyState[] = [];
  for (const folder of folders) {
    const file = path.join(folder, FILE);
    states.push({ file, content, state: await place(folder, file, content) });
  }
  return states;
}

/** Lists the policy files that are not as they should be. */
export async function missingPolicies(
  origin: string,
  issuerName: string,
  folders: readonly string[] = policyFolders(),
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const folder of folders) {
    const file = path.join(folder, FILE);
    const content = selectionPolicy(origin, issuerName);
    const isThere = (await contentOf(file)) === content || (await hasRule(folder, content));
    if (!isThere) missing.push(file);
  }
  return missing;
}

/** Takes the policy away where it is exactly ours. @returns the files that could not be removed */
export async function removeSelectionPolicy(
  origin: string,
  issuerName: string,
  folders: readonly string[] = policyFolders(),
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const folder of folders) {
    const file = path.join(folder, FILE);
    if ((await contentOf(file)) !== selectionPolicy(origin, issuerName)) continue;
    try {
      await removeFile(file);
    } catch (fault) {
      if (!isRefused(fault)) throw fault;
      left.push(file);
    }
  }
  return left;
}

/** Gives the content of the policy file. */
export function selectionPolicy(origin: string, issuerName: string): string {
  const rule = JSON.stringify({ pattern: origin, filter: { ISSUER: { CN: issuerName } } });
  return `${JSON.stringify({ [POLICY]: [rule] }, null, 2)}\n`;
}

async function place(folder: string, file: string, content: string): Promise<PolicyState['state']> {
  if ((await contentOf(file)) === content || (await hasRule(folder, content))) return 'written';
  if ((await othersOfSameKind(folder)).length > 0) return 'taken';
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await writeWholeFile(file, content, FILE_MODE);
    return 'written';
  } catch (fault) {
    if (isRefused(fault)) return 'by-hand';
    throw fault;
  }
}

/** Tells whether a person has put our rule into the machine's own policy. */
async function hasRule(folder: string, content: string): Promise<boolean> {
  const [ours] = rulesIn(content);
  return (await othersOfSameKind(folder)).some((text) =>
    rulesIn(text).some((rule) => rule === ours),
  );
}

/** The contents of other files that say which certificates are chosen. */
async function othersOfSameKind(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const texts: string[] = [];
  for (const name of names) {
    if (name === FILE || !name.endsWith('.json')) continue;
    const text = await contentOf(path.join(folder, name));
    if (text?.includes(`"${POLICY}"`) === true) texts.push(text);
  }
  return texts;
}

/** Reads the rules of a policy file; one that Chromium could not read has none. */
export function rulesIn(text: string): readonly unknown[] {
  try {
    const policy: unknown = JSON.parse(text);
    const isMap = typeof policy === 'object' && policy !== null && POLICY in policy;
    const rules = isMap ? policy[POLICY] : [];
    return Array.isArray(rules) ? rules : [];
  } catch {
    return [];
  }
}

/** What cannot be read is not known to be ours. */
async function contentOf(file: string): Promise<string | null> {
  return await readSmallFile(file).catch(() => null);
}

function isRefused(fault: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(String((fault as NodeJS.ErrnoException).code));
}
