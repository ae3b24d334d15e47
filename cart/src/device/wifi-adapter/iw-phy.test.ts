/**
 * Goal: an adapter is told to do what its driver says and never more. Method: texts in the form of `iw` of four kinds of adapters,
 * and properties over chance texts and over theirs, cut and shuffled.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { abilitiesLine } from '@chaperone/domain/network/wifi-abilities.ts';
import fc from 'fast-check';
import { readPhy } from './iw-phy.ts';
import type { PhyAbilities } from './iw-phy.ts';
import {
  BEFORE_N,
  ONE_BAND,
  PHY_TEXTS,
  TWO_BANDS_ONE_STREAM,
  WIFI_6E,
} from './testing/phy-texts.ts';

const line = (text: string): string => {
  const { band24, band5, hasCCMP } = readPhy(text);
  return abilitiesLine({ band24, band5, hasWPA2: true, hasCCMP: hasCCMP !== false });
};
const SECURITY = 'WPA2-Personal and WPA2-Enterprise (PEAP/MSCHAPv2) with AES';

test('an adapter with one band', () => {
  const read = readPhy(ONE_BAND);
  assert.deepEqual(read.band24?.channels, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.equal(read.band5, null);
  assert.equal(read.hasCCMP, true);
  assert.equal(
    line(ONE_BAND),
    `802.11 b/g/n at 2.4 GHz (CCK/OFDM, 802.11n MCS 0–7, 11 channels); ${SECURITY}`,
  );
});

test('an adapter with both bands of the white paper', () => {
  assert.equal(
    line(TWO_BANDS_ONE_STREAM),
    '802.11 b/g/n at 2.4 GHz (CCK/OFDM, 802.11n MCS 0–7, 13 channels); ' +
      `802.11 a/n/ac at 5 GHz (OFDM, 802.11n MCS 0–7, 802.11ac MCS 0–9, 24 channels); ${SECURITY}`,
  );
  assert.equal(readPhy(TWO_BANDS_ONE_STREAM).band5?.streams, 1);
});

test('of a newer adapter what is beyond 802.11ac and 5 GHz is left out', () => {
  const { band24, band5 } = readPhy(WIFI_6E);
  assert.deepEqual([band24?.htMCSMax, band24?.vhtMCSMax, band24?.streams], [15, null, 2]);
  assert.deepEqual([band5?.htMCSMax, band5?.vhtMCSMax, band5?.streams], [15, 9, 2]);
  assert.equal(band5?.channels.length, 16);
});

test('an adapter from before 802.11n, with 5 GHz closed', () => {
  const { band24, band5, hasCCMP } = readPhy(BEFORE_N);
  assert.deepEqual([band24?.htMCSMax, band24?.vhtMCSMax, band5, hasCCMP], [null, null, null, null]);
  assert.equal(line(BEFORE_N), `802.11 b/g at 2.4 GHz (CCK/OFDM, 13 channels); ${SECURITY}`);
});

test('an adapter without CCMP cannot be used', () => {
  assert.match(line(ONE_BAND.replace(/.*CCMP-128.*\n/, '')), /no AES \(CCMP\): cannot be used$/);
});

function holds({ band24, band5 }: PhyAbilities): void {
  for (const band of [band24, band5]) {
    if (band === null) continue;
    assert.ok(band.channels.length > 0 && band.channels.every((each) => each >= 0 && each < 1000));
    assert.ok(band.htMCSMax === null || (band.htMCSMax >= 0 && band.htMCSMax <= 31));
    assert.ok(band.vhtMCSMax === null || [7, 8, 9].includes(band.vhtMCSMax));
    assert.ok(band.streams >= 1 && band.streams <= 8);
  }
}

test('whatever is printed, it is read within its bounds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => holds(readPhy(text))),
  );
  const lines = fc.constantFrom(...PHY_TEXTS.flatMap((text) => text.split('\n')));
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 200 }), (some) => holds(readPhy(some.join('\n')))),
  );
});

test('a text that is cut off never says more than the whole', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PHY_TEXTS),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (text, part) => {
        const [some, all] = [readPhy(text.slice(0, Math.floor(part * text.length))), readPhy(text)];
        for (const band of ['band24', 'band5'] as const) {
          const [less, whole] = [some[band], all[band]];
          if (less === null) continue;
          assert.ok(whole !== null);
          assert.ok((less.htMCSMax ?? -1) <= (whole.htMCSMax ?? -1) || less.htMCSMax === null);
          assert.ok(
            (less.vhtMCSMax ?? 0) <= (whole.vhtMCSMax ?? 0) && less.streams <= whole.streams,
          );
        }
      },
    ),
  );
});
