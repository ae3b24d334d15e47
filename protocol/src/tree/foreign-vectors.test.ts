// Goal: checkpoints and cosignatures that other people's programs made are read here as they are there.
// Method: a checkpoint that was published, whole and with one thing changed. Signed notes of others are in `signed-note.test.ts`.
//
// It is what the Certificate Transparency log arche2025h1.staging.ct.transparency.dev served on 2026-05-23, with the
// cosignatures of four witnesses of witness-network.org; their keys as their operators publish them.
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openCheckpoint, readCheckpoint } from './checkpoint.ts';
import { openCosignature } from './cosignature.ts';
import { NoteInvalid, parseNote } from './signed-note.ts';
import { parseVerifierKey } from './verifier-key.ts';

const LOG = 'arche2025h1.staging.ct.transparency.dev';
const LOG_KEY = `${LOG}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f`;
const CHECKPOINT = [
  LOG,
  '1432088532',
  'U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=',
  '',
  // RFC 6962's own signature of the log, a type that is not read here.
  `\u2014 ${LOG} zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=`,
  `\u2014 ${LOG} ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=`,
  '\u2014 transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==',
  '\u2014 witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==',
  '\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==',
  '\u2014 witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==',
  '',
].join('\n');
const WITNESSES = [
  'transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM',
  'witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO',
  'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
  'witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv',
];

describe('a checkpoint that a log and four witnesses signed', () => {
  test("the log's signature holds, beside one of a type that is not known", async () => {
    const { origin, size } = await openCheckpoint(CHECKPOINT, parseVerifierKey(LOG_KEY));
    deepEqual([origin, size], [LOG, 1_432_088_532]);
    equal(parseNote(CHECKPOINT).signatures.length, 6);
    await rejects(
      openCheckpoint(CHECKPOINT.replace('1432088532', '1432088533'), parseVerifierKey(LOG_KEY)),
      NoteInvalid,
    );
  });

  for (const witness of WITNESSES) {
    test(`the cosignature of ${witness.split('+')[0]} holds, and of no other tree`, async () => {
      const key = parseVerifierKey(witness);
      const { seenUtcS } = await openCosignature(CHECKPOINT, key);
      equal(new Date(seenUtcS * 1000).toISOString(), '2026-05-23T21:50:24.000Z');
      const { size } = readCheckpoint(CHECKPOINT);
      for (const wrong of [
        CHECKPOINT.replace(String(size), String(size + 1)),
        CHECKPOINT.replace('U7WM79', 'V7WM79'),
        CHECKPOINT.replaceAll('AAAABqEiEg', 'AAAABqEiEh'),
      ])
        await rejects(openCosignature(wrong, key), NoteInvalid);
    });
  }
});
