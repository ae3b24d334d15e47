// Goal: the key to a display is found where it is, and a file that is none gives none. Method: files written by the format, cut
// at every place; and lists of devices as X servers tell them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { realDevices } from './pointer-devices.ts';
import { displayKeyIn } from './x-authority.ts';

function entry(family: number, address: string, display: string, name: string, data: string) {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(value);
    return bytes;
  };
  const texts = [address, display, name, data].map((text) => Buffer.from(text, 'latin1'));
  return Buffer.concat([number(family), ...texts.flatMap((text) => [number(text.length), text])]);
}
const COOKIE = 'MIT-MAGIC-COOKIE-1';

test('the entry of this machine and display counts, or one for any', () => {
  const file = Buffer.concat([
    entry(256, 'other', '0', COOKIE, 'a'),
    entry(256, 'here', '1', COOKIE, 'b'),
    entry(256, 'here', '0', 'XDM-AUTHORIZATION-1', 'c'),
    entry(0, '\u007f\u0000\u0000\u0001', '0', COOKIE, 'd'),
    entry(256, 'here', '0', COOKIE, '\u00ff\u0001'),
    entry(65_535, '', '', COOKIE, 'any'),
  ]);
  assert.deepEqual(displayKeyIn(file, '0', 'here'), { name: COOKIE, data: '\u00ff\u0001' });
  assert.deepEqual(displayKeyIn(file, '7', 'nobody'), { name: COOKIE, data: 'any' });
  assert.equal(displayKeyIn(Buffer.alloc(0), '0', 'here'), null);
});

test('a file that is cut or is something else gives the key or none, and never fails', () => {
  const whole = entry(256, 'here', '0', COOKIE, 'secret');
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(displayKeyIn(whole.subarray(0, length), '0', 'here'), null);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      displayKeyIn(Buffer.from(bytes), '0', 'here');
    }),
  );
});

test('pointing devices count, those that inject do not, and a list of names narrows them', () => {
  const devices = [
    { deviceId: 2, use: 1, name: 'Virtual core pointer' },
    { deviceId: 4, use: 3, name: 'Virtual core XTEST pointer' },
    { deviceId: 5, use: 4, name: 'Virtual core XTEST keyboard' },
    { deviceId: 6, use: 3, name: 'A mouse' },
    { deviceId: 7, use: 4, name: 'A keyboard' },
    { deviceId: 9, use: 5, name: 'ELAN Touchscreen' },
    { deviceId: 11, use: 3, name: 'second XTEST pointer' },
  ];
  assert.deepEqual([...realDevices(devices, null)], [6, 9]);
  assert.deepEqual(
    [...realDevices(devices, ['ELAN Touchscreen', 'Virtual core XTEST pointer'])],
    [9],
  );
});
