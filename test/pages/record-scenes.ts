/** Records of each kind for tests of the viewers: real ones, made ones, and hostile ones. */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../tools/workspace/workspace.ts';

export const ECHO = path.join(ROOT, 'node_modules/dicomweb-client/testData/US-PAL-8-10x-echo.dcm');

/** Seals bytes into a case, by the road of the console's own upload (tus 1.0), in one request. */
export async function seal(
  page: Page,
  caseId: string,
  name: string,
  bytes: Uint8Array,
): Promise<string> {
  const script = `(async () => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(Buffer.from(bytes).toString('base64'))}), (each) => each.charCodeAt(0));
    return await (${UPLOAD})(${JSON.stringify(caseId)}, ${JSON.stringify(name)}, new Blob([bytes]));
  })()`;
  return String(await page.evaluate(script));
}

const UPLOAD = `async (id, name, blob) => {
  const said = btoa(String.fromCharCode(...new TextEncoder().encode(name)));
  const answer = await fetch('/api/cases/' + id + '/uploads', {
    method: 'POST', body: blob, headers: {
      'content-type': 'application/offset+octet-stream', 'tus-resumable': '1.0.0',
      'upload-length': String(blob.size), 'upload-metadata': 'filename ' + said,
    },
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).record.id;
}`;

/** Seals a log of a size that is made in the browser itself: lines with a number, and one that is to be found. */
export async function sealLargeLog(
  page: Page,
  caseId: string,
  name: string,
  lines: number,
  needleAt: number,
): Promise<string> {
  const script = `(async () => {
    const parts = [];
    let part = '';
    for (let at = 0; at < ${lines}; at += 1) {
      const level = at % 10000 === 0 ? 'ERROR' : at % 1000 === 0 ? 'WARN' : at % 7 === 0 ? 'DEBUG' : 'INFO';
      const what = at === ${needleAt} ? 'needle: probe id 0x7f3c' : 'beam former cycle complete, gain 42 dB';
      part += '2026-11-30T08:00:00.' + String(at % 1000).padStart(3, '0') + 'Z ' + level + ' line ' + at + ' ' + what + '\\n';
      if (part.length > 4000000) { parts.push(part); part = ''; }
    }
    parts.push(part);
    return await (${UPLOAD})(${JSON.stringify(caseId)}, ${JSON.stringify(name)}, new Blob(parts));
  })()`;
  return String(await page.evaluate(script));
}

/**
 * Seals a small video of a moving bar, recorded by the browser itself.
 * @param type such as `video/webm`
 */
export async function sealVideo(
  page: Page,
  caseId: string,
  name: string,
  type: string,
): Promise<string> {
  const script = `(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 320; canvas.height = 240;
    const context = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: ${JSON.stringify(type)} });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
    recorder.start();
    for (let at = 0; at < 30; at += 1) {
      context.fillStyle = '#036'; context.fillRect(0, 0, 320, 240);
      context.fillStyle = '#fc0'; context.fillRect(at * 8, 90, 60, 60);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    recorder.stop();
    await stopped;
    return await (${UPLOAD})(${JSON.stringify(caseId)}, ${JSON.stringify(name)}, new Blob(parts));
  })()`;
  return String(await page.evaluate(script));
}

/**
 * A picture of four colours, as the browser writes it.
 * @param part how much of its bytes is kept, from 0 to 1
 */
export async function sealImage(
  page: Page,
  caseId: string,
  name: string,
  type: string,
  part = 1,
): Promise<string> {
  const script = `(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 640; canvas.height = 480;
    const context = canvas.getContext('2d');
    ['#c33', '#3c3', '#33c', '#cc3'].forEach((colour, at) => {
      context.fillStyle = colour;
      context.fillRect((at % 2) * 320, at > 1 ? 240 : 0, 320, 240);
    });
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, ${JSON.stringify(type)}));
    const kept = blob.slice(0, Math.floor(blob.size * ${part}));
    return await (${UPLOAD})(${JSON.stringify(caseId)}, ${JSON.stringify(name)}, kept);
  })()`;
  return String(await page.evaluate(script));
}

/** A record that means harm, and what the console says of it. */
export interface HostileRecord {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly says: string | RegExp;
}

const PNG_HEAD = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const DICOM_HEAD = Buffer.concat([
  Buffer.alloc(128),
  Buffer.from('DICM'),
  Buffer.from([2, 0, 0x10, 0, 0x55, 0x49, 20, 0]),
  Buffer.from('1.2.840.10008.1.2.1\0'),
]);

/** A picture of 2^31 pixels in a few bytes. */
function giantPicture(): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(60_000, 0);
  size.writeUInt32BE(60_000, 4);
  return Buffer.concat([PNG_HEAD, size, Buffer.from('0806000000', 'hex'), Buffer.alloc(64)]);
}

/** As many elements as fit, each of eight bytes. */
function manyElements(count: number): Buffer {
  const all = Buffer.alloc(count * 8);
  for (let at = 0; at < count; at += 1) {
    all.writeUInt32LE(0x10_00_00_00 + at, at * 8);
    all.write('LO', at * 8 + 4);
  }
  return Buffer.concat([DICOM_HEAD, all]);
}

/** A zip that lists the same entry over and over. */
function manyEntries(count: number): Buffer {
  const header = Buffer.alloc(47);
  header.writeUInt32LE(0x02_01_4b_50, 0);
  header.writeUInt32LE(0xff_ff_ff_fe, 24);
  header.writeUInt16LE(1, 28);
  header.write('a', 46);
  const local = Buffer.from('PK\u0003\u0004');
  const directory = Buffer.concat(Array.from({ length: count }, () => header));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(65_534, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

export const HOSTILE: readonly HostileRecord[] = [
  {
    name: 'picture.png',
    bytes: Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" onload="window.ran=1"><script>window.ran=1</script></svg>',
    ),
    says: 'window.ran=1',
  },
  {
    name: 'report.html',
    bytes: Buffer.from(
      '<!doctype html><script>window.ran = 1</script><img src=x onerror="window.ran=1">\n',
    ),
    says: 'window.ran = 1',
  },
  { name: 'giant.png', bytes: giantPicture(), says: 'larger than what is unpacked here' },
  {
    name: 'elements.dcm',
    bytes: manyElements(1_000_000),
    says: 'more elements than any ultrasound',
  },
  {
    name: 'broken.dcm',
    bytes: Buffer.concat([DICOM_HEAD, Buffer.alloc(5_000, 0xff)]),
    says: 'goes on like something else',
  },
  { name: 'entries.zip', bytes: manyEntries(100_000), says: 'It has more entries than are listed' },
  {
    name: 'cut.zip',
    bytes: Buffer.from('PK\u0003\u0004 nothing more'),
    says: 'This archive is damaged',
  },
  {
    name: 'clip.mp4',
    bytes: Buffer.from('\0\0\0\u0018ftypisom and then nothing'),
    says: 'cannot play the video',
  },
  {
    name: 'colours.log',
    bytes: Buffer.from('\u{1b}[2J\u{202e}txet desrever\n'),
    says: '\u{241b}[2J',
  },
];
