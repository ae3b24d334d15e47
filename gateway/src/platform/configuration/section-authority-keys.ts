/** `authority.keys`: where the root keys are. */
import { z } from 'zod';
import { line, noted, path } from './configuration-field.ts';

/** A token's label has 32 bytes, padded with spaces. @see OASIS PKCS #11 v2.40 section 3.2, CK_TOKEN_INFO */
const TOKEN_LABEL_CHARACTERS_MAX = 32;

export const authorityKeys = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: noted(z.literal('files'), {
        description:
          '`files`: the root keys are files of mode 0600 in the data directory, made by `chaperone gateway establish`.',
      }),
    }),
    z.strictObject({
      kind: noted(z.literal('pkcs11'), {
        description:
          '`pkcs11`: the root keys are made in a token by `chaperone gateway establish`, and never leave it. ' +
          'Fixed from then on.',
      }),
      module: noted(path, {
        description:
          "The token's PKCS #11 module, a shared library that nobody else may change, for example " +
          '`/usr/lib/softhsm/libsofthsm2.so`.',
      }),
      tokenLabel: noted(line(TOKEN_LABEL_CHARACTERS_MAX), {
        description: 'The label of the token, which was given to it when it was initialised.',
      }),
      pinFile: noted(path, {
        description:
          "File with the token's user PIN, mode 0600. A changed PIN is read from it again.",
        secretFile: true,
      }),
    }),
  ])
  .prefault({ kind: 'files' });
