// Goal: what tells of a person leaves no log, wherever a piece of the file is cut; what is no log is refused.
// Method: lines with planted names and numbers, read through the door in pieces of every size; properties over random lines.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { deidentify } from '../deidentify.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { reportText } from '../report-text.ts';
import { ORDER, gather, run } from '../testing/run.ts';

const WORDS = ['DOE^JANE', 'MRN-99812345', 'Müller'];
const STAMP = '2026-11-30T08:00:00.123Z';

async function redacted(text: string, words: readonly string[] = WORDS): Promise<string> {
  const { bytes } = await run(Buffer.from(text), { words });
  return bytes.toString('utf8');
}

test('words of the case are replaced in every writing, each by one token of its own', async () => {
  const out = await redacted(
    [
      `${STAMP} storage stored DOE^JANE as jane.doe.dcm`,
      `${STAMP} storage Doe, Jane; JANEDOE_scan; MÜLLER`,
      `${STAMP} storage MRN-99812345 and 99812345`,
      '',
    ].join('\n'),
  );
  for (const word of ['doe', 'jane', '99812345', 'müller']) {
    assert.ok(!out.toLowerCase().includes(word), out);
  }
  const tokens = out.match(/\[NAME-[0-9a-f]{10}\]/g) ?? [];
  assert.equal(tokens.length, 10);
  assert.equal(
    new Set(tokens).size,
    6,
    'whole name, jane, doe, müller, number with its letters, number',
  );
});

test('what looks like it tells of a person is replaced without a dictionary; the rest of the line stays', async () => {
  const out = await redacted(
    [
      `${STAMP} storage    patient name: Ann Winter, born 1970-01-02, phone +1 (555) 123-4567`,
      `Nov 30 08:00:02 cart7 export[12]: MRN: A-77-1 to ann@example.org, accession=X99 temperature 36.5 C queue 1024`,
      `[08:00:04.000] doppler operator="Nina Nurse" uid 1.2.840.113619.2.55.3.604 serial 1234567890`,
      '',
    ].join('\n'),
    [],
  );
  for (const gone of [
    'Winter',
    '1970',
    '4567',
    'A-77-1',
    '@',
    'X99',
    'Nina',
    '113619',
    '1234567890',
  ]) {
    assert.ok(!out.includes(gone), `${gone} in ${out}`);
  }
  for (const stays of [
    STAMP,
    'Nov 30 08:00:02 cart7 export[12]',
    'temperature 36.5 C queue 1024',
    '[08:00:04.000] doppler',
  ]) {
    assert.ok(out.includes(stays), `${stays} not in ${out}`);
  }
});

test('network addresses are replaced where that is asked for', async () => {
  const line = Buffer.from(`${STAMP} network 10.20.30.40 answered\n`);
  assert.ok((await run(line)).bytes.includes('10.20.30.40'));
  assert.ok(!(await run(line, { replacesAddresses: true })).bytes.includes('10.20.30.40'));
});

test('a log of a machine that does not write UTF-8 is read as it was meant', async () => {
  const line = Buffer.from(`${STAMP} storage M\u{fc}ller\n`, 'latin1');
  const { bytes } = await run(line, { words: WORDS });
  assert.match(bytes.toString('utf8'), /storage \[NAME-[0-9a-f]{10}\]\n$/);
});

test('a name that is cut by the border of a piece is found all the same', async () => {
  const text = Buffer.from(`${STAMP} a DOE^JANE b\n`.repeat(3));
  for (let pieceBytes = 1; pieceBytes < 60; pieceBytes += 1) {
    const source: ByteSource = {
      bytes: text.length,
      // The head is asked for whole; all later questions are answered in small pieces.
      read: (offset, length) =>
        Promise.resolve(
          text.subarray(
            offset,
            offset +
              (length === text.length && offset > 0
                ? pieceBytes
                : Math.min(length, Math.max(pieceBytes, offset === 0 ? 132 : 1))),
          ),
        ),
    };
    const { bytes } = await gather(await deidentify(source, { ...ORDER, words: WORDS }));
    assert.ok(!/doe|jane/i.test(bytes.toString('utf8')), `pieces of ${pieceBytes}`);
  }
});

test('the same value has another token in another case', async () => {
  const line = Buffer.from(`${STAMP} storage DOE\n`);
  const one = await run(line, { words: WORDS });
  const other = await run(line, { words: WORDS, secret: new Uint8Array(32).fill(9) });
  assert.notEqual(one.bytes.toString(), other.bytes.toString());
});

test('a random line with a random name anywhere never holds it afterwards', async () => {
  const name = fc.stringMatching(/^[A-Z][a-z]{3,9}$/);
  const around = fc
    .string({ unit: 'grapheme', maxLength: 60 })
    .map((text) => text.replaceAll(/[\n\0]/g, ' '));
  await fc.assert(
    fc.asyncProperty(name, around, around, async (found, before, after) => {
      const out = await redacted(`${STAMP} ${before}${found}${after}\n`, [`${found}^X`]);
      assert.ok(!out.slice(STAMP.length).toLowerCase().includes(found.toLowerCase()), out);
    }),
    { numRuns: 300 },
  );
});

describe('what is no log is refused', () => {
  for (const [what, content] of [
    ['XML', '<?xml version="1.0"?><ClinicalDocument>\n'],
    ['JSON', '{"patient": "Doe"}\n'],
    ['HL7', 'MSH|^~\\&|A|B\rPID|1||123\n'],
    ['a table', 'name,born\nDoe,1970-01-02\n'],
    ['a letter', 'Dear colleague,\nthank you for Mrs Doe.\n'],
    ['a PDF', '%PDF-1.7\n%\u{e2}\u{e3}\n'],
    ['nothing', ''],
    ['binary data after a log', `${STAMP} a\n`.repeat(9000) + '\0\0\0\n'],
  ] as const) {
    test(what, async () => {
      await assert.rejects(redacted(content), { code: 'DEIDENTIFICATION_KIND_UNKNOWN' });
    });
  }
  test('a line without an end', async () => {
    const content = `${STAMP} a\n${'x'.repeat(70_000)}`;
    await assert.rejects(redacted(content), { code: 'DEIDENTIFICATION_LIMIT_REACHED' });
  });
});

describe('what an attacker found in logs is gone', () => {
  const LINES: readonly (readonly [string, readonly string[]])[] = [
    ['4711004711 admitted', ['4711004711']],
    ['123456789012345 insured', ['1234567890']],
    ['5551234567 call her', ['5551234567']],
    ['1961-04-02 12:00 birth of a child', ['1961-04-02']],
    [`${STAMP} MRN 482913 loaded`, ['482913']],
    [`${STAMP} patient 482913 loaded`, ['482913']],
    [`${STAMP} user=jsmith username: kmeier`, ['jsmith', 'kmeier']],
    [`${STAMP} born April 2, 1961`, ['April 2', '1961']],
    [`${STAMP} geb. 2. März 1961 and Apr 2 1961`, ['1961']],
    [`${STAMP} PatientBirthDate=610402`, ['610402']],
    [`${STAMP} file /data/Smith_John_19610402.dcm`, ['Smith', '1961']],
    [`${STAMP} Name Smith, John`, ['Smith', 'John']],
    [`${STAMP} (0010,0020) LO [482913] # 6, 1 PatientID`, ['482913']],
    [`${STAMP} (0010,0010) PN [Smith John] # 10, 1`, ['Smith', 'John']],
    [`${STAMP} PatID[482913] PatientName[Smith]`, ['482913', 'Smith']],
    [`${STAMP} patient_id => 482913`, ['482913']],
    [`${STAMP} PatientId=\\"482913\\"`, ['482913']],
  ];
  for (const [line, secrets] of LINES) {
    test(line, async () => {
      const before = `${STAMP} one\n${STAMP} two\n${STAMP} three\n`;
      const out = await redacted(`${before}${line}\n`, []);
      for (const secret of secrets) assert.ok(!out.includes(secret), out);
    });
  }
  test('a name in another composition of its letters', async () => {
    const out = await redacted(`${STAMP} exam of Mu\u0308ller, ${'山田'}さん\n`, [
      'Müller^Jürgen',
      '山田^太郎',
    ]);
    assert.ok(!out.normalize('NFC').includes('Müller') && !out.includes('山田'), out);
  });
  test('the time of a line and its counts stay', async () => {
    const line = `1764490000.123 queue 1024 of 4096, temperature 36.5, patient monitor ready`;
    assert.equal(await redacted(`${line}\n`, []), `${line}\n`);
  });
});

test('a report says whether a dictionary was there, or patterns were all', async () => {
  const line = Buffer.from('2026-11-30T08:00:00Z stored for Ann Winterbottom\n');
  const by = await run(line, { words: ['WINTERBOTTOM^ANN'], requiresDictionary: true });
  assert.match(reportText(by.report), /By a dictionary of \d+ names/);
  const without = await run(line);
  assert.match(reportText(without.report), /No dictionary: by patterns alone/);
  await assert.rejects(run(line, { requiresDictionary: true }), {
    code: 'DEIDENTIFICATION_LOG_WITHOUT_DICTIONARY',
  });
});
