// Goal: where files may leave only de-identified, nothing else leaves: not as content, not as a name; and what cannot be is
// refused, shown to the operator and journalled.
// Method: real directories with the echo study, a patient in it, a log and a PDF; fetches through the door of the files.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { SECRETS, demoTemplatesPin, planted } from '@chaperone/deidentification/testing/echo.ts';
import { deidentifyApart } from '@chaperone/deidentification/apart/apart.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import { ContentPreparing } from '../deidentification/deidentification.ts';
import type { Fetch, FetchOrder, FileRight, Files } from './files.ts';
import { digest, startFiles } from './testing/files-bench.ts';

const TEMPLATES = demoTemplatesPin();

async function startWithPatient(t: TestContext, preparing?: Parameters<typeof startFiles>[4]) {
  const bench = await startFiles(t, undefined, 10_000_000, TEMPLATES, preparing);
  await writeFile(path.join(bench.exposed, 'DOE_JANE.dcm'), await planted());
  await writeFile(path.join(bench.exposed, 'letter.pdf'), '%PDF-1.7 about Jane Doe');
  bench.right.deidentifyFor = newId('case', randomBytes);
  const order = (name: string, range?: string): FetchOrder => ({
    directory: 'images',
    path: name,
    transferId: newId('transfer', randomBytes),
    range,
    ifMatch: undefined,
  });
  const hidden = async (ending: string): Promise<string> => {
    const { entries } = await bench.files.list('images', '', true);
    const found = entries.find(({ name }) => name.endsWith(ending));
    assert.ok(found !== undefined);
    return found.name;
  };
  return { ...bench, order, hidden };
}

/** Asks as a desk does, until it is ready. */
async function whenReady(files: Files, order: FetchOrder, right: FileRight): Promise<Fetch> {
  for (;;) {
    try {
      return await files.fetch(order, right);
    } catch (fault) {
      if (!(fault instanceof ContentPreparing)) throw fault;
    }
  }
}

test('a fetch gives the de-identified result, its digest and a report; the rest of it comes later', async (t) => {
  const { files, right, order, hidden } = await startWithPatient(t);
  const asked = order(await hidden('.dcm'));
  const fetch = await whenReady(files, asked, right);
  assert.equal(fetch.isDeidentified, true);
  const parts: Buffer[] = [];
  for await (const part of fetch.read()) parts.push(Buffer.from(part));
  const bytes = Buffer.concat(parts);
  assert.equal(fetch.digest(), digest(bytes));
  await fetch.settle('fetched');
  const text = bytes.toString('latin1').toLowerCase();
  for (const secret of SECRETS) assert.ok(!text.includes(secret.toLowerCase()), secret);
  const report = files.report(asked.transferId);
  assert.equal(report.kind, 'dicom');
  assert.equal(report.bytesAfter, bytes.length);

  const rest = await whenReady(
    files,
    { ...order(asked.path, 'bytes=100-'), ifMatch: fetch.etag },
    right,
  );
  assert.equal(rest.bytesTotal, bytes.length);
  await rest.settle('cancelled');
});

test('names are hidden, the operator sees the true one, and the receipt tells of what was asked for', async (t) => {
  const { files, right, order, hidden } = await startWithPatient(t);
  const { entries } = await files.list('images', '', true);
  for (const { name, bytes, modifiedUtcMs } of entries) {
    assert.match(name, /^file-[0-9a-f]{8}\.(dcm|pdf)$/);
    assert.equal(modifiedUtcMs, 0, 'when somebody was examined');
    assert.equal(bytes % 65_536, 0, 'a size by which a file is known');
  }
  const asked = order(await hidden('.dcm'));
  await (await whenReady(files, asked, right)).settle('cancelled');
  assert.equal(files.transfers()[0]?.name, 'DOE_JANE.dcm');
  assert.equal(right.settledFiles[0]?.name, asked.path);
  await assert.rejects(whenReady(files, order('DOE_JANE.dcm'), right), { code: 'FILE_NOT_FOUND' });
});

test('what cannot be de-identified stays: refused in words, shown on the cart, in the journal', async (t) => {
  const { files, right, order, hidden } = await startWithPatient(t);
  const asked = order(await hidden('.pdf'));
  await assert.rejects(whenReady(files, asked, right), { code: 'DEIDENTIFICATION_KIND_UNKNOWN' });
  assert.deepEqual(
    files.transfers().map(({ name, state }) => [name, state]),
    [['letter.pdf', 'failed']],
  );
  const fact = right.facts.find(({ kind }) => kind === 'file-deidentification-refused');
  assert.deepEqual(fact, {
    kind: 'file-deidentification-refused',
    sessionId: right.sessionId,
    grantId: right.grantId,
    transferId: asked.transferId,
    code: 'DEIDENTIFICATION_KIND_UNKNOWN',
  });
  assert.ok(!right.kinds().includes('file-fetch-begun'));
});

test('a log leaves by a dictionary: that of an image of the case, or of the list of patients; without one it is refused', async (t) => {
  const listFolder = await mkdtemp(path.join(tmpdir(), 'patients-'));
  t.after(() => rm(listFolder, { recursive: true }));
  const list = path.join(listFolder, 'patients.txt');
  const line = '2026-11-30T08:00:00Z disk full while Quillfeather and DOE were stored\n';
  const textOf = async (fetch: Fetch): Promise<string> => {
    const parts: Buffer[] = [];
    for await (const part of fetch.read()) parts.push(Buffer.from(part));
    fetch.digest();
    await fetch.settle('fetched');
    return Buffer.concat(parts).toString('utf8');
  };
  const refused = { code: 'DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY' };

  const without = await startWithPatient(t);
  await writeFile(path.join(without.exposed, 'system.log'), line);
  const asked = without.order(await without.hidden('.log'));
  await assert.rejects(whenReady(without.files, asked, without.right), refused);
  const image = await whenReady(
    without.files,
    without.order(await without.hidden('.dcm')),
    without.right,
  );
  await image.settle('fetched');
  const byImage = without.order(asked.path);
  const text = await textOf(await whenReady(without.files, byImage, without.right));
  assert.doesNotMatch(text, /doe/i);
  assert.match(text, /disk full while/);
  assert.ok(without.files.report(byImage.transferId).searchedValues > 0);

  const listed = await startWithPatient(t, { patientListFile: list });
  await writeFile(path.join(listed.exposed, 'system.log'), line);
  const byList = listed.order(await listed.hidden('.log'));
  // Configured and not there: nobody knows what to look for.
  await assert.rejects(whenReady(listed.files, byList, listed.right), refused);
  await writeFile(list, 'Quillfeather^Zebedee\n\nDoe\n');
  const cleaned = await textOf(await whenReady(listed.files, byList, listed.right));
  assert.doesNotMatch(cleaned, /quillfeather|doe/i);
});

test('two cases get other UIDs, and the end of a session leaves no result behind', async (t) => {
  const { files, right, order, hidden, directory } = await startWithPatient(t);
  const name = await hidden('.dcm');
  const uidOf = async (): Promise<string | undefined> => {
    const fetch = await whenReady(files, order(name), right);
    const parts: Buffer[] = [];
    for await (const part of fetch.read()) parts.push(Buffer.from(part));
    fetch.digest();
    await fetch.settle('fetched');
    return /2\.25\.\d+/.exec(Buffer.concat(parts).subarray(0, 400).toString('latin1'))?.[0];
  };
  const one = await uidOf();
  assert.equal(await uidOf(), one);
  right.deidentifyFor = newId('case', randomBytes);
  assert.notEqual(await uidOf(), one);
  await files.endSession();
  assert.deepEqual(await readdir(path.join(directory, 'deidentified')), []);
});

test('without the demand a file leaves as it is, under its own name', async (t) => {
  const { files, right, order } = await startWithPatient(t);
  right.deidentifyFor = null;
  const fetch = await whenReady(files, order('DOE_JANE.dcm'), right);
  assert.equal(fetch.isDeidentified, false);
  assert.equal(fetch.bytesTotal, (await planted()).length);
  await fetch.settle('cancelled');
});

test('a file that takes long is not waited for: who asks is told how far it is, and gets it later', async (t) => {
  const gate = Promise.withResolvers<void>();
  const { files, right, order, hidden } = await startWithPatient(t, {
    answerWithinMs: 1,
    deidentify: async (...asked) => {
      await asked[0].read(0, 1000);
      await gate.promise;
      return await deidentifyApart(...asked);
    },
  });
  const asked = order(await hidden('.dcm'));
  const size = (await planted()).length;
  for (;;) {
    const told: unknown = await files.fetch(asked, right).catch((fault: unknown) => fault);
    assert.ok(told instanceof ContentPreparing);
    assert.equal(told.bytesTotal, size);
    if (told.bytes >= 1000) break;
  }
  const [row] = files.transfers();
  assert.deepEqual([row?.name, row?.state], ['DOE_JANE.dcm', 'preparing']);
  assert.deepEqual(right.kinds(), []);
  files.queue({ ...NOTHING_WAITS, paused: [asked.transferId] });
  assert.equal(files.transfers()[0]?.state, 'paused');
  files.queue({ ...NOTHING_WAITS, paused: [] });
  gate.resolve();
  const fetch = await whenReady(files, asked, right);
  assert.equal(fetch.isDeidentified, true);
  assert.equal(files.transfers()[0]?.state, 'moving');
  await fetch.settle('cancelled');
});

test('the end of a session ends what is being made, at once', async (t) => {
  const begun = Promise.withResolvers<void>();
  const { files, right, order, hidden, directory } = await startWithPatient(t, {
    answerWithinMs: 1,
    // The decoder waits for bytes that do not come: only its end helps.
    deidentify: async (source, ...rest) =>
      await deidentifyApart(
        {
          bytes: source.bytes,
          read: async () => {
            begun.resolve();
            return await new Promise<never>(() => undefined);
          },
        },
        ...rest,
      ),
  });
  await assert.rejects(files.fetch(order(await hidden('.dcm')), right), ContentPreparing);
  await begun.promise;
  await files.endSession();
  assert.deepEqual(await readdir(path.join(directory, 'deidentified')), []);
  assert.equal(files.transfers()[0]?.state, 'cancelled');
});

test('a cancelled transfer ends what is being made for it, at once; another one of the same file goes on', async (t) => {
  let begun = Promise.withResolvers<AbortSignal>();
  const { files, right, order, hidden, directory } = await startWithPatient(t, {
    answerWithinMs: 1,
    deidentify: async (source, asked, signal) => {
      assert.ok(signal);
      begun.resolve(signal);
      return await deidentifyApart(
        { bytes: source.bytes, read: async () => await new Promise<never>(() => undefined) },
        asked,
        signal,
      );
    },
  });
  const one = order(await hidden('.dcm'));
  const other = { ...order(one.path), transferId: newId('transfer', randomBytes) };
  for (const each of [one, other]) await assert.rejects(files.fetch(each, right), ContentPreparing);
  const work = await begun.promise;
  files.abandon(one.transferId);
  assert.deepEqual(
    files.transfers().map(({ state }) => state),
    ['cancelled', 'preparing'],
  );
  assert.equal(work.aborted, false);
  begun = Promise.withResolvers();
  files.abandon(other.transferId);
  assert.equal(work.aborted, true);
  // The turn is free: what is asked for next begins, and nothing of the first one stays.
  await assert.rejects(files.fetch(order(one.path), right), ContentPreparing);
  assert.equal((await begun.promise).aborted, false);
  assert.equal((await readdir(path.join(directory, 'deidentified'))).length, 1);
  await files.endSession();
});

test('what had to be made again in a later session has the same tag, so that its transfer goes on', async (t) => {
  const { files, right, order, hidden } = await startWithPatient(t);
  const asked = order(await hidden('.dcm'));
  const first = await whenReady(files, asked, right);
  await first.settle('broken');
  await files.endSession();
  const rest = { ...order(asked.path, 'bytes=100-'), ifMatch: first.etag };
  const again = await whenReady(files, rest, right);
  assert.equal(again.from, 100);
  await again.settle('cancelled');
});

const NOTHING_WAITS = { fetching: { files: 0, bytes: 0 }, sending: { files: 0, bytes: 0 } };

test('templates that the facility does not vouch for leave no image, and what was made by them goes no further', async (t) => {
  let isNamed = true;
  const { files, right, order, hidden } = await startWithPatient(t, {
    mayUseTemplates: (sha256) => isNamed && sha256 === TEMPLATES.templatesSha256,
  });
  const asked = order(await hidden('.dcm'));
  const fetch = await whenReady(files, asked, right);
  await fetch.settle('fetched');
  // A later policy names other templates.
  isNamed = false;
  const again = order(await hidden('.dcm'));
  await assert.rejects(whenReady(files, again, right), {
    code: 'DEIDENTIFICATION_PIXELS_WITHOUT_RULE',
  });
});
