/**
 * Takes H.264 frames out of the FLV that ffmpeg writes, as soon as each is whole, in the form that RFB wants.
 *
 * FLV says how long each frame is, so that none waits for the next one to begin. Frames leave as an Annex B byte stream:
 * a start code before each unit, and the parameter sets before each key frame. Units that decoders of viewers trip over
 * (supplemental information, delimiters) are left out.
 *
 * | offset | size | field of a tag        |
 * |--------|------|-----------------------|
 * | 0      | 1    | type, 9 is video      |
 * | 1      | 3    | bytes of data         |
 * | 11     | 1    | frame type and codec  |
 * | 12     | 1    | 0 parameter sets, 1 frame |
 * | 16     | -    | data                  |
 *
 * @see Adobe Flash Video File Format 10.1, annex E; ISO/IEC 14496-15 section 5.2.4; ITU-T H.264 annex B
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Thrown when what the video encoder wrote is not what was asked of it. */
export class MalformedVideo extends DomainError {
  readonly code = 'SCREEN_VIDEO_MALFORMED';
}

/** Bytes of one frame: a lossless one of the largest region has less. */
export const VIDEO_FRAME_BYTES_MAX = 4 * 1024 * 1024;

const FILE_HEADER_BYTES = 13;
const TAG_HEADER_BYTES = 11;
/** After each tag its length is said again. */
const TAG_TRAILER_BYTES = 4;
const VIDEO = 9;
const START_CODE = Buffer.from([0, 0, 0, 1]);
const UNIT_TYPE = 0x1f;
const KEY_SLICE = 5;
const LEFT_OUT: ReadonlySet<number> = new Set([6, 9]);

export class FLVFrames {
  #waiting: Buffer = Buffer.alloc(0);
  #hasHeader = false;
  #parameters: Buffer = Buffer.alloc(0);

  /** Takes in bytes and returns the frames that they complete. @throws MalformedVideo */
  push(bytes: Buffer): Buffer[] {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    const frames: Buffer[] = [];
    if (!this.#hasHeader) {
      if (this.#waiting.length < FILE_HEADER_BYTES) return frames;
      if (this.#waiting.toString('latin1', 0, 3) !== 'FLV') throw malformed();
      this.#hasHeader = true;
      this.#waiting = this.#waiting.subarray(FILE_HEADER_BYTES);
    }
    while (this.#waiting.length >= TAG_HEADER_BYTES) {
      const length = this.#waiting.readUIntBE(1, 3);
      if (length > VIDEO_FRAME_BYTES_MAX) throw malformed();
      const end = TAG_HEADER_BYTES + length;
      if (this.#waiting.length < end + TAG_TRAILER_BYTES) break;
      if (this.#waiting.readUInt8(0) === VIDEO) {
        const frame = this.#read(this.#waiting.subarray(TAG_HEADER_BYTES, end));
        if (frame !== null) frames.push(frame);
      }
      this.#waiting = this.#waiting.subarray(end + TAG_TRAILER_BYTES);
    }
    return frames;
  }

  #read(tag: Buffer): Buffer | null {
    try {
      const kind = tag.readUInt8(1);
      if (kind === 0) this.#parameters = readParameters(tag.subarray(5));
      return kind === 1 ? this.#frame(tag.subarray(5)) : null;
    } catch (cause) {
      if (cause instanceof RangeError) throw malformed(cause);
      throw cause;
    }
  }

  #frame(data: Buffer): Buffer | null {
    const parts: Buffer[] = [];
    let isKey = false;
    for (let at = 0; at < data.length;) {
      const length = data.readUInt32BE(at);
      const unit = data.subarray(at + 4, at + 4 + length);
      if (unit.length !== length) throw malformed();
      const type = unit.readUInt8(0) & UNIT_TYPE;
      isKey ||= type === KEY_SLICE;
      if (!LEFT_OUT.has(type)) parts.push(START_CODE, unit);
      at += 4 + length;
    }
    if (parts.length === 0) return null;
    return Buffer.concat(isKey ? [this.#parameters, ...parts] : parts);
  }
}

/** Reads one sequence and one picture parameter set out of an AVCDecoderConfigurationRecord. */
function readParameters(record: Buffer): Buffer {
  const sequenceAt = 6;
  const sequenceBytes = record.readUInt16BE(sequenceAt);
  const pictureAt = sequenceAt + 2 + sequenceBytes + 1;
  const pictureBytes = record.readUInt16BE(pictureAt);
  const sequence = record.subarray(sequenceAt + 2, sequenceAt + 2 + sequenceBytes);
  const picture = record.subarray(pictureAt + 2, pictureAt + 2 + pictureBytes);
  if (picture.length !== pictureBytes) throw malformed();
  return Buffer.concat([START_CODE, sequence, START_CODE, picture]);
}

function malformed(cause?: unknown): MalformedVideo {
  return new MalformedVideo(
    'The video encoder wrote something else than video.',
    cause === undefined ? {} : { cause },
  );
}
