/**
 * What ffmpeg is told. It matters:
 * - one slice a frame (`-tune zerolatency` alone cuts it into several, on which noVNC stands still without a word);
 * - a key frame no better than those after it: another level costs a quarter less (measured), and one frame shows it;
 * - no key frame after the first, for the road loses nothing and a key frame costs as much as twenty others;
 * - not `-fflags nobuffer`, which loses the first frame and then waits for ever.
 */
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';

/** What x264 is told about time; frames come when they come. */
const FRAMES_PER_SECOND = 25;

export interface VideoTerms {
  /** Path of the program. */
  readonly program: string;
  readonly size: FramebufferSize;
  readonly codec: 'h264' | 'jpeg';
  /** `h264`: constant rate factor of x264, 0 is lossless, 51 the worst. `jpeg`: ffmpeg's scale, 2 the best, 31 the worst. */
  readonly quality: number;
  /** Whether colour is kept at full resolution (4:4:4); grey loses nothing at half (4:2:0). */
  readonly hasColour: boolean;
}

/** Returns the arguments for a run: pictures in on standard input, frames out on standard output. */
export function commandLine(terms: VideoTerms): string[] {
  const { width, height } = terms.size;
  return [
    ['-hide_banner', '-loglevel', 'quiet', '-nostdin', '-probesize', '32', '-analyzeduration', '0'],
    ['-f', 'rawvideo', '-pix_fmt', 'bgr0', '-video_size', `${width}x${height}`],
    ['-framerate', `${FRAMES_PER_SECOND}`, '-i', 'pipe:0'],
    terms.codec === 'h264' ? h264(terms) : jpeg(terms),
    ['-flush_packets', '1', '-f', terms.codec === 'h264' ? 'flv' : 'image2pipe', 'pipe:1'],
  ].flat();
}

function h264({ quality, hasColour }: VideoTerms): string[] {
  return [
    scaled('bt709', hasColour ? 'yuv444p' : 'yuv420p'),
    ['-color_range', 'pc', '-colorspace', 'bt709', '-color_primaries', 'bt709'],
    ['-color_trc', 'iec61966-2-1', '-c:v', 'libx264', '-preset', 'veryfast'],
    ['-tune', 'zerolatency', '-threads', '1', '-crf', `${quality}`],
    [
      '-x264-params',
      'sliced-threads=0:slices=1:keyint=infinite:scenecut=0:aq-mode=0:ipratio=1:log-level=none',
    ],
    hasColour ? ['-profile:v', 'high444'] : ['-profile:v', 'high'],
  ].flat();
}

/** A JPEG that says nothing of its colours is JFIF: BT.601 in full range. */
function jpeg({ quality, hasColour }: VideoTerms): string[] {
  return [
    scaled('bt601', hasColour ? 'yuvj444p' : 'yuvj420p'),
    ['-color_range', 'pc', '-c:v', 'mjpeg', '-threads', '1'],
    ['-q:v', `${quality}`, '-qmin', `${quality}`, '-qmax', `${quality}`],
  ].flat();
}

function scaled(matrix: string, format: string): string[] {
  const scale = `scale=in_range=pc:out_range=pc:out_color_matrix=${matrix}:flags=neighbor`;
  return ['-vf', `${scale},format=${format}`];
}
