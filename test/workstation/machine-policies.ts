/** The machine's own browser policies, which the program writes into: put back as they were when a test is over. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Parents of the folders of `selection-policy.ts`; a test must not leave an empty one behind. */
const PLACES = ['/etc/chromium', '/etc/opt/chrome'] as const;

/** Remembers the policies, and takes away one of ours that a test which was killed has left. */
export async function keepMachinePolicies(): Promise<AsyncDisposable> {
  const kept = await mkdtemp(path.join(tmpdir(), 'chaperone-policies-'));
  for (const place of PLACES) {
    await rm(path.join(place, 'policies/managed/chaperone-workstation.json'), { force: true });
    if (existsSync(place)) await cp(place, path.join(kept, place), { recursive: true });
  }
  return {
    [Symbol.asyncDispose]: async () => {
      for (const place of PLACES) {
        await rm(place, { recursive: true, force: true });
        const before = path.join(kept, place);
        if (existsSync(before)) await cp(before, place, { recursive: true });
      }
      await rm(kept, { recursive: true, force: true });
    },
  };
}
