/**
 * In which order the whole-system tests begin: the long ones first, so that none of them is left to run alone at the
 * end, and those with a browser spread among the others, since a browser works where the others mostly wait.
 */
import path from 'node:path';
import { ROOT } from '../workspace/workspace.ts';

/** As the closing list of a run names them; what is not here is short. */
export const LONGEST: readonly string[] = [
  'test/pages/records.test.ts',
  'test/pages/engineer.test.ts',
  'test/network/apply.test.ts',
  'test/fault/kill/kill.test.ts',
  'test/scenario/folders.test.ts',
  'test/network/way-back.test.ts',
  'test/network/broken-networks.test.ts',
  'test/scenario/stops.test.ts',
  'test/hostile/cart/flood.test.ts',
  'test/pages/uploads.test.ts',
  'test/workstation/enrolment.test.ts',
  'test/fault/network/network.test.ts',
  'test/pages/console.test.ts',
  'test/pages/panel-touch.test.ts',
  'test/hostile/cart/answers.test.ts',
  'test/fault/disk/gateway-full.test.ts',
  'test/workstation/posture.test.ts',
  'test/pages/portal.test.ts',
  'test/pages/panel.test.ts',
  'test/fault/disk/records-full.test.ts',
  'test/pages/files.test.ts',
  'test/fault/disk/cart-full.test.ts',
  'test/pages/administration.test.ts',
  'test/pages/viewer.test.ts',
  'test/fault/kill/scanning.test.ts',
];

const WITH_A_BROWSER = path.join(ROOT, 'test', 'pages') + path.sep;

/** Puts whole-system tests, given by absolute paths, into the order in which they are to begin. */
export function longestFirst(files: readonly string[]): readonly string[] {
  const sorted = files.toSorted((one, other) => rankOf(one) - rankOf(other));
  const pages = sorted.filter((file) => file.startsWith(WITH_A_BROWSER));
  const others = sorted.filter((file) => !file.startsWith(WITH_A_BROWSER));
  const places = [...placesOf(pages), ...placesOf(others)];
  return places.toSorted((one, other) => one.at - other.at).map(({ file }) => file);
}

function rankOf(file: string): number {
  const rank = LONGEST.indexOf(path.relative(ROOT, file));
  return rank < 0 ? LONGEST.length : rank;
}

/** Spreads files over the range from 0 to 1. */
function placesOf(
  files: readonly string[],
): readonly { readonly file: string; readonly at: number }[] {
  return files.map((file, index) => ({ file, at: index / files.length }));
}
