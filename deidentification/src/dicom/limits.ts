/** What one DICOM file may cost. Each guards memory or time of whoever reads a file that somebody else made. */

/** Everything before the pixels is held in memory. An ultrasound's is some tens of KiB; private data of vendors reach MiBs. Bytes. */
export const HEADER_BYTES_MAX = 16 * 1024 * 1024;
/** What may follow the pixels: signatures, padding, private data. Bytes. */
export const TRAILER_BYTES_MAX = 4 * 1024 * 1024;
/** Elements with those nested. Each costs some hundred bytes of memory. */
export const ELEMENTS_MAX = 50_000;
/** Sequences in sequences. Real ultrasound has three or four. */
export const DEPTH_MAX = 12;
/** One frame, uncompressed: 4K in colour is 25 MiB. Bytes. */
export const FRAME_BYTES_MAX = 64 * 1024 * 1024;
/** One frame, as it came. Bytes. */
export const FRAME_COMPRESSED_BYTES_MAX = 64 * 1024 * 1024;
export const FRAMES_MAX = 20_000;
/** Items of encapsulated pixels. A frame may have several. */
export const FRAGMENTS_MAX = 100_000;
/** The length of native pixels is a 32-bit number, and the highest one means something else. Bytes. @see PS3.5 section 7.1 */
export const PIXEL_BYTES_MAX = 0xffff_fffe;
