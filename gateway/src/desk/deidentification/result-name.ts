/** Names a result. A file's name may hold the patient's, so nothing of it is taken over but a plain ending. */

const ENDING = /\.(dcm|log|txt)$/i;
/** Enough that two results of a case are told apart by a person. */
const DIGEST_CHARACTERS = 8;

/** @param sha256 of the result, base64url */
export function resultName(original: string, sha256: string, kind: 'dicom' | 'log'): string {
  const ending = ENDING.exec(original)?.[1]?.toLowerCase() ?? (kind === 'dicom' ? 'dcm' : 'log');
  const short = sha256.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, DIGEST_CHARACTERS);
  return `deidentified-${short}.${ending}`;
}
