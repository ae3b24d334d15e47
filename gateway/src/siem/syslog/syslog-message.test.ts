/**
 * Goal: whatever is put into a message, it is one of RFC 5424: a strict reader finds in it what was meant, and nothing of it
 * ends a field, an element or the frame.
 * Method: an example byte for byte, and random texts with controls, quotes, brackets, surrogates and line ends, read by a reader
 * that was written from the grammar.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSyslog } from '../testing/syslog-reader.ts';
import { frame } from './octet-frame.ts';
import { writeSyslog } from './syslog-message.ts';
import type { SyslogMessage } from './syslog-message.ts';

const MESSAGE: SyslogMessage = {
  facility: 10,
  severity: 'notice',
  utcMs: Date.UTC(2026, 10, 30, 8, 0, 0, 5),
  hostname: 'gateway.example',
  appName: 'chaperone',
  procId: '-',
  msgId: 'IHE+RFC-3881',
  structured: [{ id: 'ledger@32473', parameters: { index: '7', odd: 'a "b" ] \\ c' } }],
  message: '<AuditMessage/>',
};

test('a message is written as RFC 5424 has it', () => {
  equal(
    writeSyslog(MESSAGE),
    '<85>1 2026-11-30T08:00:00.005Z gateway.example chaperone - IHE+RFC-3881 ' +
      String.raw`[ledger@32473 index="7" odd="a \"b\" \] \\ c"] <AuditMessage/>`,
  );
  const bare = { ...MESSAGE, severity: 'warning', structured: [], message: 'x' } as const;
  ok(writeSyslog(bare).startsWith('<84>1 '));
  ok(writeSyslog(bare).endsWith(' IHE+RFC-3881 - x'));
});

const wild = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', ']', '[', '=', ' ', '\n', '\0', '\u0085', 'é', '\ud800', 'a'),
  }),
);

test('whatever the fields and parameters are, a strict reader finds them again', () => {
  fc.assert(
    fc.property(
      fc.record({
        facility: fc.nat({ max: 23 }),
        severity: fc.constantFrom('notice' as const, 'warning' as const),
        utcMs: fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) }),
        hostname: wild,
        appName: wild,
        procId: wild,
        msgId: wild,
        value: wild,
        id: wild,
        name: wild,
      }),
      ({ value, id, name, ...header }) => {
        const structured = [{ id, parameters: { [name]: value } }];
        const text = writeSyslog({ ...header, structured, message: 'm' });
        const read = readSyslog(text);
        equal(read.message, 'm');
        equal(read.priority >> 3, header.facility);
        const [parameters = {}] = Object.values(read.structured);
        const shown = value.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
        deepEqual(Object.values(parameters), [shown]);
        ok(!/[\u0000-\u001f\u007f]/.test(text), 'no control character');
      },
    ),
    { numRuns: 2000 },
  );
});

test('a frame says its octets, not its characters', () => {
  equal(frame('aé').toString(), '3 aé');
  fc.assert(
    fc.property(fc.array(wild, { maxLength: 5 }), (messages) => {
      let stream = Buffer.concat(messages.map((each) => frame(each)));
      for (const message of messages) {
        const [head = '', length = ''] = /^([1-9]\d*|0) /.exec(stream.toString('latin1')) ?? [];
        const body = stream.subarray(head.length, head.length + Number(length));
        equal(body.toString(), message.toWellFormed());
        stream = stream.subarray(head.length + Number(length));
      }
      equal(stream.length, 0);
    }),
  );
});
