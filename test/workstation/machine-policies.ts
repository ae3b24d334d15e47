/**
 * The machine's own browser policies, which the program writes into: for one test file at a time, and put back as they were
 * when it is over.
 */
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Parents of the folders of `selection-policy.ts`; a test must not leave an empty one behind. */
const PLACES = ['/etc/chromium', '/etc/opt/chrome'] as const;

/** In Linux' abstract namespace: the kernel takes it back however a test ends. */
const LOCK = '\0chaperone-test-machine-policies';
/** How long another test file may have them. A hook that waits needs more time than that. */
export const POLICIES_WITHIN_MS = 300_000;
const ASK_AGAIN_MS = 200;

/** Remembers the policies, and takes away one of ours that a test which was killed has left. */
export async function keepMachinePolicies(): Promise<AsyncDisposable> {
  const lock = await ownMachinePolicies();
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
      lock.close();
    },
  };
}

/** Waits until no other test file works with the policies. */
async function ownMachinePolicies(): Promise<{ close(): void }> {
  for (let waitedMs = 0; waitedMs < POLICIES_WITHIN_MS; waitedMs += ASK_AGAIN_MS) {
    const lock = createServer((socket) => socket.destroy());
    lock.listen(LOCK);
    try {
      await once(lock, 'listening');
      lock.unref();
      return lock;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw fault;
    }
    await delay(ASK_AGAIN_MS);
  }
  throw new Error("Another test has the machine's policies and does not give them back.");
}
