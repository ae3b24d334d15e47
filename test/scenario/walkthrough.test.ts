// Goal: the whole job works on real programs, from enrolment to a verified certificate of destruction. Method: the
// walkthrough itself, whose steps assert what they say, in a folder of its own.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { walk } from '../walkthrough/steps.ts';

test('the whole job, step by step', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-scenario-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const outcome = await walk(folder, (line) => t.diagnostic(line));
  assert.equal(outcome.digestsCompared, 2);
  assert.ok(outcome.frames > 25);
  assert.ok(outcome.ledgerVerified && outcome.certificateVerified);
});
