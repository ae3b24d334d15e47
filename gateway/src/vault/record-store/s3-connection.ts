/**
 * The connection with an S3-compatible store, and what its answers mean to the vault.
 *
 * The client is loaded only where such a store is configured. Whatever the store says, whoever asks is told one of
 * three things: there is no such object, there is no room, or the store cannot be used at the moment.
 */
import { Agent as HttpsAgent } from 'node:https';
import type * as S3 from '@aws-sdk/client-s3';
import { DiskFull } from '../../platform/durable-file/durable-file.ts';
import { RecordUnknown, VaultUnavailable } from '../contract.ts';

/** Milliseconds to connect, and without a byte of an answer. */
const CONNECT_MS_MAX = 5_000;
const SILENCE_MS_MAX = 20_000;
/** Times that one request is made; pauses between them grow. */
const ATTEMPTS_MAX = 4;
const CONNECTIONS_MAX = 32;

const FULL = new Set([
  'InsufficientStorage',
  'QuotaExceeded',
  'XMinioStorageFull',
  'EntityTooLarge',
]);

export interface S3Settings {
  /** Such as `https://s3.example.org`. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Comes before each name, and ends with `/`; or is empty. */
  readonly prefix: string;
  readonly addressing: 'path' | 'host';
  readonly accessKeyId: string;
  readonly secretKey: string;
  /** PEM of the authorities that the store's certificate is checked against; those of the system without it. */
  readonly authorities?: string;
  /** Bytes of a part of an upload, at least 5 MiB. */
  readonly partBytes?: number;
}

export type S3Library = typeof S3;
export type S3Ask = <Answer>(
  ask: (client: S3.S3Client, library: S3Library) => Promise<Answer>,
) => Promise<Answer>;

export interface S3Connection {
  /** Asks the store. @throws RecordUnknown, DiskFull, VaultUnavailable */
  readonly ask: S3Ask;
  close(): void;
}

/** One object by its name. */
export interface S3Object {
  readonly connection: S3Connection;
  readonly bucket: string;
  readonly key: string;
}

/** Loads the client; nothing is sent yet. */
export async function connectS3(settings: S3Settings): Promise<S3Connection> {
  const library = await import('@aws-sdk/client-s3');
  const client = new library.S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    forcePathStyle: settings.addressing === 'path',
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretKey },
    maxAttempts: ATTEMPTS_MAX,
    // Each part goes with its MD5, which every store checks; newer digests are refused by some.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS_MAX,
      socketTimeout: SILENCE_MS_MAX,
      httpsAgent: new HttpsAgent({
        keepAlive: true,
        maxSockets: CONNECTIONS_MAX,
        minVersion: 'TLSv1.2',
        ...(settings.authorities === undefined ? {} : { ca: settings.authorities }),
      }),
    },
  });
  return {
    ask: async (ask) => {
      try {
        return await ask(client, library);
      } catch (fault) {
        throw readStoreFault(fault);
      }
    },
    close: () => client.destroy(),
  };
}

interface StoreFault {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Says what an answer of the store means. What is not of the store is handed back. */
function readStoreFault(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof VaultUnavailable) return fault;
  const { name, $metadata } = fault as StoreFault;
  const status = $metadata?.httpStatusCode;
  if (name === 'NoSuchKey' || name === 'NotFound' || name === 'NoSuchUpload')
    return new RecordUnknown('There is no such record.', { cause: fault });
  if (status === 507 || (typeof name === 'string' && FULL.has(name)))
    return new DiskFull({ cause: fault });
  const what =
    status === 401 || status === 403
      ? 'The store of records refuses the gateway’s credentials (vault.records).'
      : status === 404
        ? 'The store of records does not have the bucket (vault.records.bucket).'
        : 'The store of records does not answer as it should (vault.records).';
  return new VaultUnavailable(what, { cause: fault });
}
