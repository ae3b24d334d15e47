// Goal: no value becomes markup. Method: hostile texts, and arbitrary ones in text and in attributes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { html } from './html.ts';

test('values are text, templates are markup, lists are joined, nothing is nothing', () => {
  const items = ['a', '<b>'].map((each) => html`<i>${each}</i>`);
  assert.equal(html`${items}${null}${7}`.text, '<i>a</i><i>&lt;b&gt;</i>7');
});

test('what cannot be seen is shown as a mark', () => {
  assert.equal(html`${'St.\u202eerehwesle\u0000'}`.text, 'St.\uFFFDerehwesle\uFFFD');
});

test('no text opens a tag, leaves its attribute or begins a reference', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const { text } = html`<p title="${value}">${value}</p>`;
      assert.equal(text.match(/[<>]/g)?.length, 4);
      assert.equal(text.match(/"/g)?.length, 2);
      assert.doesNotMatch(text, /&(?!amp;|lt;|gt;|quot;|#39;)/);
    }),
  );
});
