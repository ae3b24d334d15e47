/**
 * Reads what `iw phy` printed of one radio: bands, rates, MCS and channels.
 *
 * `iw` says of itself that its output is for people and may change; what is not understood counts as not there, so that an
 * adapter is never told to do more than it said.
 */
import type { BandAbilities, WiFiAbilities } from '@chaperone/domain/network/wifi-abilities.ts';

/** Of the line `Band 1:`; the kernel's `nl80211_band` plus one. */
const BAND_24 = 1;
const BAND_5 = 2;
/** Four streams; what stands beyond 31 are odd sets (32 is a duplicate mode). */
const HT_MCS_MAX = 31;
/** Lines that are looked at: a radio with many modes has a thousand. */
const LINES_MAX = 10_000;

export type PhyAbilities = Pick<WiFiAbilities, 'band24' | 'band5'> & {
  /** Null: it lists no ciphers, as old drivers do. */
  readonly hasCCMP: boolean | null;
};

/** Reads one radio's text; of several, the first. */
export function readPhy(text: string): PhyAbilities {
  const bands = new Map<number, string[]>();
  const ciphers: string[] = [];
  let into: string[] | null = null;
  let radios = 0;
  for (const line of text.split('\n', LINES_MAX)) {
    if (line.startsWith('Wiphy ') && ++radios > 1) break;
    // A new section of the radio stands at its first depth; a band's own lines are deeper.
    const section = /^(?:\t| {8})(\S.*)$/.exec(line)?.[1];
    if (section === undefined) {
      into?.push(line.trim());
      continue;
    }
    const band = /^Band (\d):$/.exec(section)?.[1];
    if (band !== undefined) {
      into = bands.get(Number(band)) ?? [];
      bands.set(Number(band), into);
    } else into = section === 'Supported Ciphers:' ? ciphers : null;
  }
  return {
    band24: readBand(bands.get(BAND_24)),
    band5: readBand(bands.get(BAND_5)),
    hasCCMP: ciphers.length === 0 ? null : ciphers.some((each) => each.startsWith('* CCMP-128')),
  };
}

/** Null: no channel of it may be used here. */
function readBand(lines: readonly string[] | undefined): BandAbilities | null {
  const channels = new Set<number>();
  let hasCCK = false;
  let hasOFDM = false;
  let htMCSMax: number | null = null;
  let vhtMCSMax: number | null = null;
  let streams = 1;
  let isInVHT = false;
  for (const line of lines ?? []) {
    const channel = readChannel(line);
    if (channel !== null) channels.add(channel);
    const rate = /^\* (\d{1,3}\.\d) Mbps/.exec(line)?.[1];
    if (rate !== undefined) {
      hasCCK ||= CCK_RATES.has(rate);
      hasOFDM ||= OFDM_RATES.has(rate);
    }
    const ht = /^HT (?:TX\/RX|RX) MCS rate indexes supported: (.*)$/.exec(line)?.[1];
    if (ht !== undefined) htMCSMax = highestHT(ht) ?? htMCSMax;
    // HE and EHT have lists of streams, too, of which this cart asks nothing.
    const stream = /^([1-8]) streams: MCS 0-([789])$/.exec(line);
    if (stream !== null && isInVHT) {
      vhtMCSMax = Math.max(vhtMCSMax ?? 0, Number(stream[2]));
      streams = Math.max(streams, Number(stream[1]));
    } else if (!/^[1-8] streams:/.test(line)) isInVHT = line === 'VHT RX MCS set:';
  }
  if (htMCSMax !== null) streams = Math.max(streams, Math.floor(htMCSMax / 8) + 1);
  if (channels.size === 0) return null;
  const sorted = [...channels].toSorted((one, other) => one - other);
  return { hasCCK, hasOFDM, htMCSMax, vhtMCSMax, streams, channels: sorted };
}

/** 802.11b, but for 1 and 2 (DSSS), which nothing has without the others. */
const CCK_RATES: ReadonlySet<string> = new Set(['5.5', '11.0']);
const OFDM_RATES: ReadonlySet<string> = new Set('6.0 9.0 12.0 18.0 24.0 36.0 48.0 54.0'.split(' '));

/** `* 2412 MHz [1] (20.0 dBm)`, with a decimal since iw 6; null: another line, or one that regulation closes. */
function readChannel(line: string): number | null {
  const [, channel, rest = ''] = /^\* \d{4}(?:\.\d)? MHz \[(\d{1,3})\](.*)$/.exec(line) ?? [];
  return channel === undefined || rest.includes('(disabled)') ? null : Number(channel);
}

/** `0-7`, `0-15, 32`, `0-7,9`: the end of the first stretch that begins at 0. */
function highestHT(text: string): number | null {
  const [, first, last] = /^0(-)?(\d{1,2})?(?:,|$|\s)/.exec(text) ?? [];
  if (first === undefined || last === undefined) return null;
  return Number(last) <= HT_MCS_MAX ? Number(last) : null;
}
