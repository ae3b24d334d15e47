/** The door of uploads: what a technician's browser sends to the desk, in pieces that resume (tus 1.0, decision 0025). */
export {
  parseChecksum,
  parseMetadata,
  parseOffset,
  TUS_VERSION,
  UPLOAD_BLOCK_BYTES_MAX,
} from './tus-header.ts';
export type { UploadMetadata } from './tus-header.ts';
export { UPLOAD_MIGRATIONS } from './tables.ts';
export {
  TusVersionUnsupported,
  UploadChecksumMismatch,
  UploadHeaderMalformed,
  UploadOffsetMismatch,
  UploadUnknown,
} from './upload-error.ts';
export { Uploads } from './uploads.ts';
export type { UploadStanding } from './uploads.ts';
