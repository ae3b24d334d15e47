/**
 * Goal: every patch of noVNC fits the package that is installed, says why it is there and where upstream speaks of it; one that
 * upstream has taken, or that fits no more, is noticed with a sentence that says what to do.
 * Method: the real package; then packages in which a patch is there already, or its place has changed.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  PatchMisfit,
  novncPatches,
  parsePatch,
  patched,
  patchedFiles,
  readPatches,
} from './novnc-patches.ts';

const PACKAGE = path.join(path.dirname(fileURLToPath(import.meta.resolve('@novnc/novnc'))), '..');
const patches = readPatches();
const sourceOf = (file: string): string => readFileSync(path.join(PACKAGE, file), 'utf8');

test('each patch has a reason of its own and says what upstream says', () => {
  assert.equal(patches.length, 7);
  for (const { name, reason } of patches) {
    const [title = '', blank, ...rest] = reason.split('\n');
    assert.match(title, /^(?:h264|rfb): \S/, name);
    assert.equal(blank, '', name);
    assert.match(rest.join('\n'), /\n\nUpstream: (?:https:\/\/github\.com\/novnc|nobody)/, name);
  }
});

test('all of them fit the installed package, in their order', () => {
  for (const file of patchedFiles(patches)) {
    const text = patched(file, sourceOf(file), patches);
    assert.notEqual(text, sourceOf(file));
  }
  const h264 = patched('core/decoders/h264.js', sourceOf('core/decoders/h264.js'), patches);
  assert.doesNotMatch(h264, /self\./);
  assert.match(h264, /hardwareAcceleration: 'prefer-software'/);
});

test('the package still has each fault: when upstream mends one, its patch goes', () => {
  const h264 = sourceOf('core/decoders/h264.js');
  assert.match(h264, /self\._profileIdc = parser\.profileIdc/);
  assert.doesNotMatch(h264, /hardwareAcceleration/);
  assert.doesNotMatch(h264, /\.close\(\);[^]*_resetAllContexts\(\) \{[^}]*close/);
  assert.match(h264, /throw new Error\("Failed to decode frame/);
  assert.doesNotMatch(sourceOf('core/input/keyboard.js'), /_target\.addEventListener\('blur'/);
  assert.match(sourceOf('core/rfb.js'), /_fail\("Unexpected fence response"\)/);
});

test('a patch that upstream has taken, and one whose place has changed, are told apart', () => {
  const [first] = patches;
  assert.ok(first !== undefined);
  const file = 'core/decoders/h264.js';
  const taken = patched(file, sourceOf(file), [first]);
  assert.throws(() => patched(file, taken, [first]), /upstream has it, so remove the patch/);
  const changed = sourceOf(file).replaceAll('self.', 'that.');
  assert.throws(() => patched(file, changed, [first]), /does not fit .* renew or remove/);
});

test('a build in which a patched file is missing fails', () => {
  const plugin = novncPatches();
  const [file] = patchedFiles(patches);
  assert.ok(file !== undefined);
  assert.equal(plugin.transform('x', '/w/node_modules/react/index.js'), null);
  const done = plugin.transform(sourceOf(file), `/w/node_modules/@novnc/novnc/${file}`);
  assert.notEqual(done, null);
  assert.throws(() => plugin.buildEnd(), PatchMisfit);
  assert.doesNotThrow(() => plugin.buildEnd(new Error('another fault')));
});

test('what is no patch is refused', () => {
  assert.throws(() => parsePatch('x', 'a reason, and nothing else'), PatchMisfit);
  assert.throws(
    () => parsePatch('x', 'r\n--- a/one\n+++ b/two\n@@ -1 +1 @@\n-a\n+b\n'),
    PatchMisfit,
  );
});
