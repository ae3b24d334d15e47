/**
 * Shows the built panel without a cart agent. Development only.
 *
 *   node panel/preview/main.ts            walk through a session by touching
 *   node panel/preview/main.ts FIXTURE    one page of preview/fixtures.ts, standing still
 */
import path from 'node:path';
import process from 'node:process';
import { FIXTURES, IDLE_VIEW } from './fixtures.ts';
import { startPreview } from './preview-server.ts';
import { letWalk } from './walk.ts';

const [name] = process.argv.slice(2);
const view = name === undefined ? IDLE_VIEW : FIXTURES[name];
if (view === undefined) {
  console.error(`There is no fixture "${name}". There are: ${Object.keys(FIXTURES).join(', ')}`);
  process.exit(2);
}
const server = await startPreview(path.join(import.meta.dirname, '../dist'), view);
if (name === undefined) letWalk(server);
console.log(server.url);
