/**
 * Goal: what guessers try first is not taken, and nothing else is refused: no rules of composition. Method: passwords of
 * each kind, good and bad, through the same door as an account's own.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PasswordUnfit, hashPassword, isPassword } from './password.ts';
import { whyKnown } from './known-password.ts';

const CONTEXT = ['tara.l', 'tara.lindqvist', 'Tara Lindqvist'];

describe('the blocklist', () => {
  test('common passwords are known, also with what people put around them and however they are written', () => {
    for (const password of [
      '1qaz2wsx3edc4rfv',
      'Unbelievable',
      'password1234',
      'PASSWORD!!!!!!',
      '2026.Sunshine!2026',
      '…football…1234',
      // Full-width letters: the same word to a reader.
      'ｐａｓｓｗｏｒｄ１２３４',
    ])
      assert.notEqual(whyKnown(password), null, password);
  });

  test('repetitions and rows of the keyboard are known', () => {
    for (const password of [
      'aaaaaaaaaaaa',
      'abcabcabcabca',
      '121212121212',
      'qwertyuiopas',
      'abcdefghijklm',
      'mlkjihgfedcba',
      '987654321098',
    ])
      assert.notEqual(whyKnown(password), null, password);
  });

  test('names of the account, the person and the product are not enough', () => {
    for (const password of [
      'tara.lindqvist',
      'Tara-Lindqvist-1',
      'chaperone-2026!',
      'lindqvist1234',
      'gateway.tara.1',
      'TaraTaraTara12',
    ])
      assert.notEqual(whyKnown(password, CONTEXT), null, password);
    assert.equal(whyKnown('tara likes her old lighthouse', CONTEXT), null);
  });

  test('long words without capitals, digits or signs are taken; so are those that contain a known one', () => {
    for (const password of [
      'harbour-amber-72',
      'correct horse battery staple',
      'footballs are for the garden',
      'möwen über dem hafen',
      '船が港に入るときの音楽です',
      '🛟🚢🌊⚓🧭🪝🐟🦀🌫️🌙🕯️🧵',
    ])
      assert.equal(whyKnown(password, CONTEXT), null, password);
  });
});

describe('the length', () => {
  test('12 to 256 characters, as they are hashed: composed', async () => {
    const eleven = 'ü'.normalize('NFD').repeat(2) + 'quivering';
    assert.ok([...eleven].length > 12);
    await assert.rejects(hashPassword(eleven), PasswordUnfit);
    await assert.rejects(hashPassword('x7'.repeat(128) + 'y'), PasswordUnfit);
    const long = `${'a lighthouse on the coast, '.repeat(10)}`.slice(0, 256);
    assert.equal(await isPassword(long, await hashPassword(long)), true);
    await assert.rejects(hashPassword('a'.repeat(10_000)), PasswordUnfit);
  });

  test('letters that only look alike are another password', async () => {
    const hash = await hashPassword('paper boats at dawn');
    assert.equal(await isPassword('рареr boats at dawn', hash), false);
    assert.equal(await isPassword('ｐaper boats at dawn', hash), false);
    assert.equal(await isPassword('paper boats at dawn', hash), true);
  });
});
