/** `vault`: where the wrapping key of the cases' keys is kept, and where whole records lie. */
import { z } from 'zod';
import { isLoopbackHost } from '../network/loopback.ts';
import { line, noted, path } from './configuration-field.ts';

/** A token's label has 32 bytes, padded with spaces. @see OASIS PKCS #11 v2.40 section 3.2, CK_TOKEN_INFO */
const TOKEN_LABEL_CHARACTERS_MAX = 32;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^(?:[A-Za-z0-9_-]+\/)*$/;

const keyringDirectory = noted(path.optional(), {
  description:
    'Folder of the keyring, on another disk for example; `vault/keyring` in the data directory without it. Never back it up: a ' +
    'copy of the whole folder undoes every later destruction.',
});

const keyring = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: noted(z.literal('file'), {
        description: '`file`: the wrapping key is a file of mode 0600 in the keyring.',
      }),
      directory: keyringDirectory,
    }),
    z.strictObject({
      kind: noted(z.literal('pkcs11'), {
        description:
          '`pkcs11`: it is sealed under a key that is made in a token, never leaves it and is destroyed there at each ' +
          'destruction of a case. A keyring of files moves into the token at the next start; there is no way back.',
      }),
      directory: keyringDirectory,
      module: noted(path, {
        description: "The token's PKCS #11 module, a shared library that nobody else may change.",
      }),
      tokenLabel: noted(line(TOKEN_LABEL_CHARACTERS_MAX), {
        description: 'The label of the token, which was given to it when it was initialised.',
      }),
      pinFile: noted(path, {
        description: "File with the token's user PIN, mode 0600.",
        secretFile: true,
      }),
      hardware: noted(z.boolean().optional(), {
        description:
          'Whether the token is hardware that sanitises the keys that it destroys. Certificates of destruction say `purge` only then, ' +
          '`clear` otherwise: the "token" of SoftHSM is a directory that can be copied.',
      }),
    }),
  ])
  .prefault({ kind: 'file' });

/** Sealed or not, a store on another machine is reached over TLS only. */
function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, username } = new URL(text);
  const isBare = pathname === '/' && search === '' && username === '';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return isBare && (protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(host)));
}

const records = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: noted(z.literal('directory'), {
        description:
          '`directory`: sealed records are files below `vault/records` in the data directory.',
      }),
    }),
    z.strictObject({
      kind: noted(z.literal('s3'), {
        description:
          '`s3`: they are objects of an S3-compatible store. What is on its way in stays sealed in `vault/staging` of the data ' +
          'directory until it is whole and compared.',
      }),
      endpoint: noted(
        z.string().refine(isEndpoint, {
          error:
            'expected https://host[:port], without a path; http:// for an address of this machine only',
        }),
        { description: 'Where the store is reached, for example `https://s3.example.org`.' },
      ),
      region: noted(line(64).default('us-east-1'), {
        description:
          'The region that requests are signed for; most stores of one place take the default.',
      }),
      bucket: noted(z.string().regex(BUCKET, 'expected the name of a bucket'), {
        description:
          'The bucket, for this gateway alone. It must not lock objects (Object Lock), and the account must be allowed to list and ' +
          'delete versions and unfinished uploads: the start tries that.',
      }),
      prefix: noted(
        z
          .string()
          .max(200)
          .regex(PREFIX, 'expected names that each end with "/"')
          .default('chaperone/'),
        { description: 'What the names of all objects begin with.' },
      ),
      addressing: noted(z.enum(['path', 'host']).default('path'), {
        description: '`path`: the bucket stands in the path; `host`: before the name of the store.',
      }),
      accessKeyId: noted(line(256), {
        description: 'The name of the key that requests are signed with.',
      }),
      secretKeyFile: noted(path, {
        description: 'File with that key, mode 0600.',
        secretFile: true,
      }),
      authoritiesFile: noted(path.optional(), {
        description:
          "PEM file of the authorities that the store's certificate is checked against; without it, those of Node.",
      }),
    }),
  ])
  .prefault({ kind: 'directory' });

export const vault = z.strictObject({ keyring, records }).prefault({});

type Vault = z.infer<typeof vault>;

/** Makes the section's paths absolute. */
export function withAbsoluteVaultPaths(
  { keyring: own, records: store }: Vault,
  at: (file: string) => string,
): Vault {
  const directory = own.directory === undefined ? {} : { directory: at(own.directory) };
  return {
    keyring:
      own.kind === 'file'
        ? { ...own, ...directory }
        : { ...own, ...directory, module: at(own.module), pinFile: at(own.pinFile) },
    records:
      store.kind === 'directory'
        ? store
        : {
            ...store,
            secretKeyFile: at(store.secretKeyFile),
            ...(store.authoritiesFile === undefined
              ? {}
              : { authoritiesFile: at(store.authoritiesFile) }),
          },
  };
}
