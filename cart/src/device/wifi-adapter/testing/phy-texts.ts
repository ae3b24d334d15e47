/**
 * What `iw phy … info` prints of usual adapters: written after the form of iw 5.19 and 6.7 and what is publicly known of the chips,
 * shortened where nothing is read. No adapter was asked for them.
 */

/** IEEE 802.11 with 20 MHz channels; `closed` are those that regulation forbids there. */
function frequencies(
  channels: readonly number[],
  closed: readonly number[],
  decimals: string,
): string {
  return channels
    .map((channel) => {
      const first = channel <= 14 ? 2407 : 5000;
      const mhz = channel === 14 ? 2484 : first + 5 * channel;
      const radar = channel >= 52 && channel <= 144 ? ' (no IR, radar detection)' : '';
      const note = closed.includes(channel) ? '(disabled)' : `(20.0 dBm)${radar}`;
      return `\t\t\t* ${mhz}${decimals} MHz [${channel}] ${note}\n`;
    })
    .join('');
}

const CHANNELS_24 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
const CHANNELS_5 = [36, 40, 44, 48, 52, 56, 60, 64, 100, 104, 108, 112, 116, 120, 124, 128];
const MORE_5 = [132, 136, 140, 144, 149, 153, 157, 161, 165];
const OFDM = ['6.0', '9.0', '12.0', '18.0', '24.0', '36.0', '48.0', '54.0'];
const CCK = ['1.0', '2.0', '5.5', '11.0'];

function rates(all: readonly string[]): string {
  const lines = all.map((rate) => {
    const short = ['2.0', '5.5', '11.0'].includes(rate) ? ' (short preamble supported)' : '';
    return `\t\t\t* ${rate} Mbps${short}\n`;
  });
  return `\t\tBitrates (non-HT):\n${lines.join('')}`;
}

function streams(many: number, mcs: string): string {
  return [1, 2, 3, 4, 5, 6, 7, 8]
    .map((each) => `\t\t\t${each} streams: ${each <= many ? mcs : 'not supported'}\n`)
    .join('');
}

const VHT = (many: number): string =>
  `\t\tVHT Capabilities (0x339071b2):\n\t\t\tMax MPDU length: 11454\n\t\t\tSupported Channel Width: neither 160 nor 80+80\n` +
  `\t\tVHT RX MCS set:\n${streams(many, 'MCS 0-9')}\t\tVHT RX highest supported: 0 Mbps\n` +
  `\t\tVHT TX MCS set:\n${streams(many, 'MCS 0-9')}\t\tVHT TX highest supported: 0 Mbps\n`;

const HE = (many: number): string =>
  `\t\tHE Iftypes: managed\n\t\t\tHE MAC Capabilities (0x08011a000040):\n\t\t\t\t+HTC HE Supported\n` +
  `\t\t\tHE RX MCS and NSS set <= 80 MHz\n${streams(many, 'MCS 0-11')}` +
  `\t\t\tHE TX MCS and NSS set <= 80 MHz\n${streams(many, 'MCS 0-11')}`;

const HT = (indexes: string): string =>
  `\t\tCapabilities: 0x19ef\n\t\t\tRX LDPC\n\t\t\tHT20/HT40\n\t\t\tDSSS/CCK HT40\n` +
  `\t\tMaximum RX AMPDU length 65535 bytes (exponent: 0x003)\n` +
  `\t\tHT TX/RX MCS rate indexes supported: ${indexes}\n`;

const CIPHERS =
  '\tSupported Ciphers:\n\t\t* WEP40 (00-0f-ac:1)\n\t\t* WEP104 (00-0f-ac:5)\n\t\t* TKIP (00-0f-ac:2)\n' +
  '\t\t* CCMP-128 (00-0f-ac:4)\n\t\t* CMAC (00-0f-ac:6)\n';

const HEAD =
  'Wiphy phy0\n\twiphy index: 0\n\tmax # scan SSIDs: 4\n\tmax scan IEs length: 2257 bytes\n\tRetry short limit: 7\n';
const MODES =
  '\tSupported interface modes:\n\t\t * IBSS\n\t\t * managed\n\t\t * AP\n\t\t * monitor\n';
const TAIL =
  '\tSupported commands:\n\t\t * new_interface\n\t\t * set_channel\n\tmax # scan plans: 1\n\tSupported TX frame types:\n\t\t * managed: 0x00 0x10\n';

/** A USB stick of 802.11 b/g/n, one stream, 2.4 GHz alone. */
export const ONE_BAND = `${HEAD}${CIPHERS}\tAvailable Antennas: TX 0x1 RX 0x1\n${MODES}\tBand 1:\n${HT('0-7')}${rates([...CCK, ...OFDM])}\t\tFrequencies:\n${frequencies(CHANNELS_24, [12, 13, 14], '')}${TAIL}`;

/** 802.11 a/b/g/n/ac with one stream, and the odd MCS 32. */
export const TWO_BANDS_ONE_STREAM = `${HEAD}${CIPHERS}${MODES}\tBand 1:\n${HT('0-7, 32')}${rates([...CCK, ...OFDM])}\t\tFrequencies:\n${frequencies(CHANNELS_24, [14], '')}\tBand 2:\n${HT('0-7, 32')}${VHT(1)}${rates(OFDM)}\t\tFrequencies:\n${frequencies([...CHANNELS_5, ...MORE_5], [144], '')}${TAIL}`;

/** Wi-Fi 6E with two streams, as iw 6.7 writes it: HE in each band, a third band at 6 GHz, decimals of MHz, spaces for tabs. */
export const WIFI_6E =
  `${HEAD}${CIPHERS}${MODES}\tBand 1:\n${HT('0-15')}${HE(2)}${rates([...CCK, ...OFDM])}\t\tFrequencies:\n${frequencies(CHANNELS_24, [14], '.0')}\tBand 2:\n${HT('0-15')}${VHT(2)}${HE(2)}${rates(OFDM)}\t\tFrequencies:\n${frequencies([...CHANNELS_5, ...MORE_5], MORE_5, '.0')}\tBand 4:\n${HE(2)}${rates(OFDM)}\t\tFrequencies:\n\t\t\t* 5955.0 MHz [1] (disabled)\n${TAIL}`.replaceAll(
    '\t',
    '        ',
  );

/** A radio of 802.11 a/b/g from before 802.11n, whose driver lists no ciphers. */
export const BEFORE_N = `${HEAD}${MODES}\tBand 1:\n${rates([...CCK, ...OFDM])}\t\tFrequencies:\n${frequencies(CHANNELS_24, [14], '')}\tBand 2:\n${rates(OFDM)}\t\tFrequencies:\n${frequencies(CHANNELS_5, CHANNELS_5, '')}${TAIL}`;

export const PHY_TEXTS = [ONE_BAND, TWO_BANDS_ONE_STREAM, WIFI_6E, BEFORE_N] as const;
