/**
 * What a Wi-Fi adapter can, as its driver says, and the one line in which an engineer reads it.
 *
 * The white paper's bounds are 802.11 b/g/n at 2.4 GHz and a/n/ac at 5 GHz; what an adapter can beyond them (Wi-Fi 6, 6 GHz) is
 * left out of the line, since nothing of it is asked for.
 */
import type { RefusedSetting } from './refused-setting.ts';
import type { WiFiProfile } from './network-profile.ts';

export interface BandAbilities {
  /** 1, 2, 5.5 and 11 Mbit/s (802.11b). */
  readonly hasCCK: boolean;
  /** 6 to 54 Mbit/s (802.11g at 2.4 GHz, 802.11a at 5 GHz). */
  readonly hasOFDM: boolean;
  /** The highest MCS of 802.11n for one stream is 7; each stream more adds eight. Null: no 802.11n. */
  readonly htMCSMax: number | null;
  /** 7, 8 or 9 (802.11ac). Null: no 802.11ac. */
  readonly vhtMCSMax: number | null;
  /** Streams of 802.11n or 802.11ac, the larger; 1 where neither is. */
  readonly streams: number;
  /** Channels that may be used at this place: not those that regulation closes. Empty: only the band is known. */
  readonly channels: readonly number[];
}

export interface WiFiAbilities {
  /** Null: not this band. */
  readonly band24: BandAbilities | null;
  readonly band5: BandAbilities | null;
  /** WPA2 with AES (CCMP): without it no network can be used. */
  readonly hasWPA2: boolean;
  readonly hasCCMP: boolean;
}

/** Writes abilities as one line. */
export function abilitiesLine({ band24, band5, hasWPA2, hasCCMP }: WiFiAbilities): string {
  const parts: string[] = [];
  if (band24 !== null) parts.push(bandText(band24, '2.4 GHz', ['b', 'g']));
  if (band5 !== null) parts.push(bandText(band5, '5 GHz', ['', 'a']));
  if (parts.length === 0) parts.push('no band that it could use here');
  const security =
    hasWPA2 && hasCCMP
      ? 'WPA2-Personal and WPA2-Enterprise (PEAP/MSCHAPv2) with AES'
      : `no ${hasWPA2 ? 'AES (CCMP)' : 'WPA2'}: cannot be used`;
  return [...parts, security].join('; ');
}

function bandText(band: BandAbilities, name: string, [cck, ofdm]: readonly string[]): string {
  const modes = [
    band.hasCCK ? cck : '',
    band.hasOFDM ? ofdm : '',
    band.htMCSMax === null ? '' : 'n',
    band.vhtMCSMax === null || name === '2.4 GHz' ? '' : 'ac',
  ].filter(Boolean);
  const coding = [
    [band.hasCCK ? 'CCK' : '', band.hasOFDM ? 'OFDM' : ''].filter(Boolean).join('/'),
    band.htMCSMax === null ? '' : `802.11n MCS 0–${band.htMCSMax}`,
    band.vhtMCSMax === null || name === '2.4 GHz' ? '' : `802.11ac MCS 0–${band.vhtMCSMax}`,
    band.channels.length === 0 ? 'modes not told' : `${band.channels.length} channels`,
  ].filter(Boolean);
  const standard = modes.length === 0 ? '802.11' : `802.11 ${modes.join('/')}`;
  return `${standard} at ${name} (${coding.join(', ')})`;
}

/** Lists what a profile asks of an adapter that cannot do it. */
export function adapterRefusals(
  profile: Pick<WiFiProfile, 'band'>,
  { band24, band5, hasWPA2, hasCCMP }: WiFiAbilities,
): readonly RefusedSetting[] {
  const refusals: RefusedSetting[] = [];
  if (!hasWPA2 || !hasCCMP) {
    refusals.push({
      field: 'security.kind',
      code: 'WIFI_ADAPTER_LACKS_AES',
      message:
        'This adapter cannot do WPA2 with AES, so that no network can be used with it. Use the wired network.',
    });
  }
  const isLacking =
    (profile.band === '2.4 GHz' && band24 === null) || (profile.band === '5 GHz' && band5 === null);
  if (isLacking) {
    refusals.push({
      field: 'band',
      code: 'WIFI_BAND_LACKING',
      message: `This adapter cannot do ${profile.band} here. Take the other band, or leave it open.`,
    });
  }
  return refusals;
}
