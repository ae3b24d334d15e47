/** The hidden names under which files wait in the inbox until they are whole. */
import { FileNameRefused, checkFileName } from '@chaperone/domain/file-name/file-name.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';

const PREFIX = '.chaperone-staging-';

/** Names the staged file of a transfer. */
export function stagingName(transferId: TransferId): string {
  return `${PREFIX}${transferId}`;
}

/** Tells whether a name in a directory is one of a staged file. */
export function isStagingName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Checks the final name of a file that is sent. @throws FileNameRefused */
export function checkInboxName(name: string): string {
  if (isStagingName(name)) {
    throw new FileNameRefused('This file name is refused: the cart uses such names itself.');
  }
  return checkFileName(name);
}
