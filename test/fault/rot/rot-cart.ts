/** Flips bits in what a cart stored, one at a time in a copy, opens it as the agent does, and judges what came of it. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readConfiguration } from '@chaperone/cart/configuration/configuration.ts';
import { startCart } from '@chaperone/cart/composition.ts';
import { openJournal } from '@chaperone/cart/journal/journal.ts';
import { readMark } from '@chaperone/cart/journal/journal-mark.ts';
import { loadIdentity } from '@chaperone/cart/licence/licence.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import { readSiteSettings } from '@chaperone/cart/site/site.ts';
import { loadConfiguration } from '@chaperone/gateway/platform/configuration/configuration.ts';
import { isKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { readEvidence, verifyEvidence } from '@chaperone/verify/verify.ts';
import { nodeCertificateReader } from '@chaperone/verify/node-certificate-reader.ts';
import { chooseFlips, flipped } from './flip.ts';
import { withCopy } from './rot-gateway.ts';
import type { RotPlan } from './rot-gateway.ts';
import { storedFiles } from './rot-classes.ts';
import type { StoredFile } from './rot-classes.ts';
import {
  assertNotAccusing,
  assertPolicyHeld,
  assertReceiptNotTaken,
  policyOf,
} from './rot-kept.ts';
import type { WorkedDay } from './worked-day.ts';

/** What the agent would go on with: null and a sentence when it refuses. */
interface CartReading {
  readonly refused: string | null;
  readonly identity: string;
  readonly policy: string;
  readonly lines: readonly string[];
}

/** Judges every file of the cart, of the configurations, and the exported evidence. @throws AssertionError */
export async function rotCart(day: WorkedDay, plan: RotPlan): Promise<number> {
  const files = storedFiles(day.folder).filter(({ name }) => !name.startsWith('gateway/'));
  const before = await withCopy(day.folder, readCart);
  assert.equal(before.refused, null, 'the undamaged day opens');
  let flips = 0;
  for (const file of files) {
    const content = readFileSync(path.join(day.folder, file.name));
    // Whole agents are started for what is made anew: fewer of them are enough.
    const more = file.is === 'made anew' ? Math.min(1, plan.more) : plan.more;
    for (const flip of chooseFlips(content.length, more, plan.chance)) {
      flips += 1;
      const where = `${file.name}, byte ${flip.byte}, bit ${flip.bit}`;
      const damaged = flipped(content, flip);
      await withCopy(day.folder, async (folder) => {
        writeFileSync(path.join(folder, file.name), damaged);
        await judge(folder, file, { content, damaged }, before, where);
      });
    }
  }
  return flips;
}

async function judge(
  folder: string,
  file: StoredFile,
  { content, damaged }: { readonly content: Buffer; readonly damaged: Buffer },
  before: CartReading,
  where: string,
): Promise<void> {
  switch (file.is) {
    case 'setting':
      await assertSetting(path.join(folder, file.name), where);
      return;
    case 'evidence':
      await assertNotVerified(content, damaged, where);
      return;
    case 'made anew': {
      await assertStarts(folder, where);
      const after = await readCart(folder);
      assert.deepEqual([after.refused, after.identity], [null, before.identity], where);
      // The agent that was started has written that it was.
      assert.deepEqual(after.lines.slice(0, before.lines.length), before.lines, where);
      return;
    }
    case 'memory of the ledger':
      return await assertNotAccusing(folder, content, damaged, where);
    case 'receipt':
      return await assertReceiptNotTaken(folder, { content, damaged }, where);
    case 'policy of the facility':
      return await assertPolicyHeld(folder, before.policy, where);
    case 'secret of salts':
      assert.equal((await readCart(folder)).refused, null, where);
      return;
    case 'refused': {
      // Lines of the very last write may not be vouched for yet; the service centre's copy and the cart's own heads are.
      const size = readMark(path.join(folder, 'cart', 'journal', 'journal.mark'))?.size ?? 0;
      const after = await readCart(folder);
      if (after.refused !== null) return;
      assert.deepEqual(after.lines.slice(0, size), before.lines.slice(0, size), where);
      assert.notEqual(after.lines.length, size, `${where} was not noticed`);
      return;
    }
    case 'refused or same': {
      const after = await readCart(folder);
      if (after.refused === null) assert.equal(after.identity, before.identity, where);
      return;
    }
    default:
      assert.fail(`${file.name} is not a cart's`);
  }
}

async function readCart(folder: string): Promise<CartReading> {
  const directory = path.join(folder, 'cart');
  try {
    const identity = await loadIdentity(directory);
    const { key, serial, certificateSerialHex, cartRootPem, workstationCAPem, ledgerKey } =
      identity;
    const lines: string[] = [];
    const journal = await openJournal({
      directory: path.join(directory, 'journal'),
      key,
      serial,
      clock: { utcMs: () => Date.now() },
    });
    // A line that was cut off is told of by the next one.
    await journal.settled();
    for (let from = 0; from < journal.size; from = lines.length)
      lines.push(...(await journal.lines(from)));
    await journal.close();
    // An agent that would sign wrongly has not noticed that its key is damaged.
    const { publicKey } = new X509Certificate(identity.certificatePem);
    assert.ok(isKeyPair(key, publicKey), 'a damaged key was taken');
    const names = [
      serial,
      certificateSerialHex,
      cartRootPem.trim(),
      workstationCAPem.trim(),
      ledgerKey,
    ];
    return {
      refused: null,
      identity: JSON.stringify(names),
      policy: await policyOf(directory),
      lines,
    };
  } catch (fault) {
    assert.ok(
      fault instanceof DomainError,
      `a stack instead of a sentence: ${(fault as Error).stack ?? ''}`,
    );
    assert.match(fault.message, /^[A-Z][^\n]{20,400}\.$/);
    assert.match(fault.message, /[Rr]estore|[Ee]nrol/, `it says what to do: ${fault.message}`);
    return { refused: fault.message, identity: '', policy: '', lines: [] };
  }
}

/** Starts the whole agent on a copy, and stops it again. */
async function assertStarts(folder: string, where: string): Promise<void> {
  const configuration = await readConfiguration(path.join(folder, 'cart.json'));
  const own = {
    ...configuration,
    dataDirectory: path.join(folder, 'cart'),
    panel: { port: 0 },
    directories: [],
    inbox: null,
  };
  const cart = await startCart(own, { log: openLog('silent') }).catch((fault: unknown) =>
    assert.fail(`${where}: ${String(fault)}`),
  );
  const { status } = await fetch(`${cart.panelUrl}/api/view`, {
    headers: { authorization: `Bearer ${cart.credential}` },
  });
  assert.equal(status, 200, where);
  const handed = readFileSync(path.join(folder, 'cart', 'panel-credential'), 'utf8').trim();
  assert.equal(handed, cart.credential, 'the credential in the file is the new one');
  await cart.close();
}

/** A configuration is refused in words, or is another valid one. */
async function assertSetting(file: string, where: string): Promise<void> {
  const isSite = path.basename(file) === 'site.json';
  const read = file.endsWith('gateway.json') ? loadConfiguration : readConfiguration;
  try {
    await (isSite ? readSiteSettings(path.dirname(file)) : read(file));
  } catch (fault) {
    assert.ok(fault instanceof DomainError, `${where}: ${(fault as Error).stack ?? ''}`);
    const says = isSite ? /site\.json .* Remove it, then set/ : /line|JSON|"|expected|unknown/;
    assert.match(fault.message, says, `${where}: ${fault.message}`);
  }
}

/** Evidence with a flipped bit does not verify, unless the bit says nothing: white space, or when it was exported. */
async function assertNotVerified(content: Buffer, damaged: Buffer, where: string): Promise<void> {
  let value: unknown;
  try {
    value = JSON.parse(damaged.toString('utf8'));
    const bundle = readEvidence(value);
    const report = await verifyEvidence(bundle, { certificates: nodeCertificateReader });
    if (!report.ok) return;
  } catch (fault) {
    if (fault instanceof SyntaxError || fault instanceof DomainError) return;
    throw fault;
  }
  const meant = (text: string): string =>
    JSON.stringify({ ...(JSON.parse(text) as object), madeUtcMs: 0 });
  assert.equal(
    meant(damaged.toString('utf8')),
    meant(content.toString('utf8')),
    `${where} verifies`,
  );
}
