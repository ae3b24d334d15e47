/** The hidden names under which files wait in the inbox until they are whole. */
import {
  FileNameRefused,
  checkFileName,
  checkRelativePath,
} from '@chaperone/domain/file-name/file-name.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';

/** Directories below each other that are made for a file: more is no tree that a person keeps. */
const FOLDER_DEPTH_MAX = 32;

const PREFIX = '.chaperone-staging-';

/** Names the staged file of a transfer. */
export function stagingName(transferId: TransferId): string {
  return `${PREFIX}${transferId}`;
}

/** Tells whether a name in a directory is one of a staged file. */
export function isStagingName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Checks the folder of a file that is sent, and gives its parts. @throws FileNameRefused */
export function checkInboxFolder(folder: string): readonly string[] {
  const segments = checkRelativePath(folder);
  if (segments.length > FOLDER_DEPTH_MAX) {
    throw new FileNameRefused(`This folder is refused: it is deeper than ${FOLDER_DEPTH_MAX}.`);
  }
  return segments.map(checkInboxName);
}

/** Checks the final name of a file that is sent. @throws FileNameRefused */
export function checkInboxName(name: string): string {
  if (isStagingName(name)) {
    throw new FileNameRefused('This file name is refused: the cart uses such names itself.');
  }
  return checkFileName(name);
}
