/** `npm run format [-- file …]`: formats the files named, or all of them. */
import { runNode } from '../check/program.ts';

const named = process.argv.slice(2);
const { ok, output } = await runNode(
  'node_modules/oxfmt/bin/oxfmt',
  named.length > 0 ? named : ['.'],
);
console.log(output);
process.exitCode = ok ? 0 : 1;
