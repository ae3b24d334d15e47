/**
 * Finds migrations of one zone that have the same number: each of two changes is right by itself, and together they keep a
 * gateway from starting. The order in which they run is checked at each start (`gateway/src/platform/database/migrate.ts`).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from '../workspace/workspace.ts';

const NAME = /^\s*name: '(?<zone>[a-z]+)\/(?<number>\d{4})-[a-z0-9-]+',$/gm;
const IS_SOURCE = (name: string): boolean => name.endsWith('.ts') && !name.endsWith('.test.ts');

/** Lists numbers that are given twice, one sentence each. @throws when no migration was found at all */
export function migrationNumberFindings(root: string): readonly string[] {
  const takenBy = new Map<string, string>();
  const findings: string[] = [];
  for (const file of filesBelow(root, ['gateway/src'], IS_SOURCE)) {
    for (const { groups } of readFileSync(path.join(root, file), 'utf8').matchAll(NAME)) {
      const number = `${groups?.['zone'] ?? ''}/${groups?.['number'] ?? ''}`;
      const other = takenBy.get(number);
      if (other !== undefined) findings.push(`${file}: ${number} is taken by ${other}.`);
      takenBy.set(number, file);
    }
  }
  if (takenBy.size === 0) return ['No migration was found: the search for them is wrong.'];
  return findings;
}
