/** Test support: a file to the desk in one request, by the only road there is: tus 1.0, creation-with-upload (decision 0025). */
import type { Answer, AskOptions } from './answer.ts';

/** Where it lies in the folder that is sent, and other headers than the usual. */
export interface UploadOptions {
  readonly folder?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whoever can ask the desk. */
export interface Uploader {
  ask(method: string, target: string, options?: AskOptions): Promise<Answer>;
}

/** What announces a file with its first piece. @param bytesTotal how long the whole file is */
export function uploadHeaders(
  name: string,
  bytesTotal: number,
  folder = '',
): Readonly<Record<string, string>> {
  const b64 = (text: string): string => Buffer.from(text).toString('base64');
  return {
    'content-type': 'application/offset+octet-stream',
    'tus-resumable': '1.0.0',
    'upload-length': String(bytesTotal),
    'upload-metadata': `filename ${b64(name)},folder ${b64(folder)}`,
  };
}

/** Uploads a whole file. @returns 201 with the upload, whose `record` it became; or the refusal */
export async function uploadFile(
  who: Uploader,
  caseId: string,
  name: string,
  bytes: Uint8Array,
  { folder = '', headers = {} }: UploadOptions = {},
): Promise<Answer> {
  const said = { ...uploadHeaders(name, bytes.length, folder), ...headers };
  return await who.ask('POST', `/api/cases/${caseId}/uploads`, { bytes, headers: said });
}

/** The record that an upload became. */
export function uploadedRecord({ status, text, body }: Answer): {
  readonly id: string;
  readonly name: string;
} {
  const record = body['record'] as { readonly id: string; readonly name: string } | null;
  if (status !== 201 || record === null) throw new Error(`upload: ${status} ${text}`);
  return record;
}
