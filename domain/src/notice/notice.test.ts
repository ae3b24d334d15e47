// Goal: the wording of a version never changes under its name, and every language says the same four things.
// Method: digest of the texts frozen beside the version; the telephone and policy are shown by the panel itself.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { LANGUAGES, NOTICE_VERSION, noticeText } from './notice.ts';

const FROZEN: Record<string, string> = {
  '2026-1': 'e82f535cf1d34d37be124656f0b3e7628b56dd11da480022c83cffefad32952f',
};

test('the words of this version are those that were frozen with it', () => {
  const centre = { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' };
  const words = JSON.stringify(LANGUAGES.map((language) => noticeText(language, centre)));
  const digest = createHash('sha256').update(words).digest('hex');
  assert.equal(digest, FROZEN[NOTICE_VERSION], 'a changed word needs a new NOTICE_VERSION');
});

test('every language names the service centre and has all paragraphs', () => {
  const centre = { name: 'Centre of Service', phone: '1', phiPolicyUrl: 'https://example.org/phi' };
  for (const language of LANGUAGES) {
    const text = noticeText(language, centre);
    assert.equal(text.paragraphs.length, 4);
    assert.ok(text.paragraphs[0]?.includes(centre.name));
  }
});
