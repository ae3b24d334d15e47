/**
 * Builds the browser programs with vite, each only when something that goes into it has changed.
 *
 * What a page was built from is remembered beside it as a digest over names and content, so that neither a clock
 * nor a checkout can mislead. A page is built aside and moved into place, so that whoever serves it never sees
 * half of one.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PackageName } from '../workspace/workspace.ts';
import { PAGES, ROOT, filesBelow, isTest } from '../workspace/workspace.ts';

const STAMP = '.built-from';
/** Packages whose code ends up in a page, besides its own. */
const SHARED: readonly PackageName[] = ['domain', 'protocol'];
const ROOT_FILES = ['package-lock.json', 'tsconfig.json'];
const VITE = 'node_modules/vite/bin/vite.js';

/** vite did not build a page; the message holds what it said. */
export class PageNotBuilt extends Error {
  override readonly name = 'PageNotBuilt';
}

/**
 * Builds every page that is not up to date.
 *
 * @param say takes one line for a person at each step
 * @throws PageNotBuilt
 */
export async function buildPages(say: (line: string) => void): Promise<void> {
  for (const page of PAGES) await buildPage(ROOT, page, say);
}

/** Builds one page of a tree unless it is up to date. @throws PageNotBuilt */
export async function buildPage(
  root: string,
  page: string,
  say: (line: string) => void,
): Promise<void> {
  const finished = path.join(root, page, 'dist');
  const digest = digestOfSources(root, page);
  if (readStamp(finished) === digest) return say(`pages: ${page} is up to date`);
  say(`pages: building ${page} …`);
  const startedAt = performance.now();
  const fresh = path.join(root, page, `.dist-${process.pid}`);
  const old = path.join(root, page, `.dist-${process.pid}-old`);
  try {
    await runVite(root, page, fresh);
    writeFileSync(path.join(fresh, STAMP), digest);
    if (existsSync(finished)) renameSync(finished, old);
    renameSync(fresh, finished);
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`pages: built ${page} in ${seconds} s`);
}

/** Computes what a page is built from: every file of its package and of those it may import. */
export function digestOfSources(root: string, page: string): string {
  const digest = createHash('sha256');
  const files = filesBelow(root, [page, ...SHARED], (file) => !isTest(file));
  for (const file of [...files, ...ROOT_FILES]) {
    const content = readFileSync(path.join(root, file));
    digest.update(`${file}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex');
}

function readStamp(folder: string): string | undefined {
  try {
    return readFileSync(path.join(folder, STAMP), 'utf8');
  } catch {
    return undefined;
  }
}

function runVite(root: string, page: string, outDir: string): Promise<void> {
  const args = ['build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, VITE), ...args], {
      cwd: path.join(root, page),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('error', (cause) => reject(new PageNotBuilt('vite did not start.', { cause })));
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const output = Buffer.concat(said).toString('utf8').trim();
      reject(new PageNotBuilt(`vite could not build ${page}:\n${output}`));
    });
  });
}
