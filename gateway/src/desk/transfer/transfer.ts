/** The door of transfers: what other features of the desk may see of them. */
export { FOLDER_FILES_MAX } from './folder-walk.ts';
export { CaseTooLarge, DiskReserveReached } from './room.ts';
export type { Room, Share } from './room.ts';
export { TRANSFER_MIGRATIONS } from './tables.ts';
export {
  CartWithoutFolders,
  ContentDiffers,
  FileTooLarge,
  FolderTooLarge,
  RecordNotToSend,
  SessionOver,
  TooManyTransfers,
  TransferNotHeld,
  TransferOfAnother,
  TransferUnknown,
  UploadBroken,
} from './transfer-error.ts';
export { Transfers } from './transfers.ts';
export type { TransferLimits } from './transfers.ts';
