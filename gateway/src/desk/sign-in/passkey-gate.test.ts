/**
 * Goal: a passkey opens the third gate for its own account, origin and challenge, once; and a copied one is noticed.
 * Method: the real sign-in and second factors on both databases, and a security key in software that also lies.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import {
  FactorNotHere,
  PasskeyCloneSuspected,
  SecondFactorRefused,
} from '../second-factor/second-factor.ts';
import { NotSignedIn } from './sign-in.ts';
import { challengeOf, enrolKey, newDesk, party, useKey } from './testing/third-gate-desk.ts';

forEachDatabase('passkeys at the third gate', (open) => {
  test('a passkey opens the gate once for each challenge', async () => {
    const desk = await newDesk(open);
    const key = await enrolKey(desk);
    const { token } = await desk.passwords();
    const challenge = await challengeOf(desk, token);
    const answer = key.assert({ challenge, origin: party.origin, rpId: party.id });
    assert.equal((await useKey(desk, token, answer)).next, 'done');
    // Replayed: at the cookie that is over, and at another that was asked something else.
    await assert.rejects(useKey(desk, token, answer), NotSignedIn);
    const other = await desk.passwords();
    await assert.rejects(useKey(desk, other.token, answer), SecondFactorRefused);
    await challengeOf(desk, other.token);
    await assert.rejects(useKey(desk, other.token, answer), SecondFactorRefused);
  });

  test('an assertion for another origin, name, challenge or account, and an altered one, do not count', async () => {
    const desk = await newDesk(open);
    const { clock, passwords } = desk;
    const key = await enrolKey(desk);
    const foreign = await enrolKey(desk, 'lena');
    const right = { origin: party.origin, rpId: party.id };
    const answers: readonly ((challenge: string) => object)[] = [
      (challenge) => key.assert({ ...right, challenge, origin: 'https://console.example.evil' }),
      (challenge) => key.assert({ ...right, challenge, origin: 'https://console.example' }),
      (challenge) => key.assert({ ...right, challenge, rpId: 'evil.example' }),
      () => key.assert({ ...right, challenge: Buffer.alloc(32).toString('base64url') }),
      (challenge) => foreign.assert({ ...right, challenge }),
      (challenge) => ({ ...foreign.assert({ ...right, challenge }), id: key.id, rawId: key.id }),
      (challenge) => {
        const answer = key.assert({ ...right, challenge });
        const data = Buffer.from(answer.response.authenticatorData, 'base64url');
        data[36] = (data[36] ?? 0) + 40;
        return {
          ...answer,
          response: { ...answer.response, authenticatorData: data.toString('base64url') },
        };
      },
      () => ({}),
      () => ({ id: key.id, rawId: key.id, type: 'public-key', response: {} }),
    ];
    for (const [index, make] of answers.entries()) {
      const { token } = await passwords();
      const challenge = await challengeOf(desk, token);
      const answer = make(challenge);
      await assert.rejects(useKey(desk, token, answer), SecondFactorRefused, String(index));
      // A wrong answer has used its question up, for the right one as well.
      clock.advance(120_000);
      const late = key.assert({ ...right, challenge });
      await assert.rejects(useKey(desk, token, late), SecondFactorRefused);
      clock.advance(120_000);
    }
  });

  test('a counter that went back is a copied key: refused, and named in the ledger', async () => {
    const desk = await newDesk(open);
    const { passwords, facts } = desk;
    const key = await enrolKey(desk);
    const use = async (counter: number) => {
      key.counter = counter;
      const { token } = await passwords();
      const challenge = await challengeOf(desk, token);
      return await useKey(
        desk,
        token,
        key.assert({ challenge, origin: party.origin, rpId: party.id }),
      );
    };
    assert.equal((await use(9)).next, 'done');
    await assert.rejects(use(9), PasskeyCloneSuspected);
    await assert.rejects(use(3), PasskeyCloneSuspected);
    await assert.rejects(use(0), PasskeyCloneSuspected);
    const codes = facts.flatMap((fact) =>
      fact.kind === 'second-factor-refused' ? [fact.code] : [],
    );
    assert.deepEqual(codes, Array(3).fill('PASSKEY_CLONE_SUSPECTED'));
    assert.equal((await use(10)).next, 'done');
  });

  test('a passkey works under the name that it was made for; there is none under an address', async () => {
    const desk = await newDesk(open);
    const { token } = await desk.passwords('lena');
    const at = await desk.signIn.atFactor(token);
    const address = { id: '127.0.0.1', origin: 'http://127.0.0.1:8444' };
    await assert.rejects(desk.factors.offerPasskey(at, address), FactorNotHere);
    await enrolKey(desk);
    const tara = await desk.signIn.atFactor((await desk.passwords()).token);
    const other = { id: 'other.example', origin: 'https://other.example' };
    await assert.rejects(desk.factors.askPasskey(tara, other), FactorNotHere);
    await assert.rejects(desk.factors.useCode(tara, '123456'), FactorNotHere);
  });
});
