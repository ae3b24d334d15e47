/** The door of transfers: what other features of the desk may see of them. */
export { CaseTooLarge, DiskReserveReached } from './room.ts';
export { TRANSFER_MIGRATIONS } from './tables.ts';
export { takeUpload } from './take-upload.ts';
export type { Upload } from './take-upload.ts';
export {
  FileTooLarge,
  RecordNotToSend,
  SessionOver,
  TooManyTransfers,
  TransferUnknown,
  UploadBroken,
} from './transfer-error.ts';
export { Transfers } from './transfers.ts';
export type { TransferLimits } from './transfers.ts';
