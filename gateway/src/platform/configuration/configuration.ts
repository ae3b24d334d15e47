/**
 * Reads the gateway's configuration file, once, at its start.
 *
 * Everything that is wrong is said at once, by the path of its key and what was expected there; what the file
 * holds is never repeated, because a secret may have been put into it by mistake.
 */
import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { DatabaseLocation } from '../database/database-location.ts';
import { readSecretFile } from '../secret/secret.ts';
import { readSmallFile } from '../small-file/small-file.ts';
import { configurationSchema } from './configuration-schema.ts';
import type { Configuration } from './configuration-schema.ts';
import { faultsOf } from './configuration-fault.ts';
import type { ConfigurationFault } from './configuration-fault.ts';
import { parseJson } from './json-position.ts';
import { withAbsoluteVaultPaths } from './section-vault.ts';
import { settingConflicts } from './setting-rule.ts';

export type { Configuration } from './configuration-schema.ts';

/** Bytes of a configuration, and of the certificates that it names: far more than either needs. */
const FILE_BYTES_MAX = 1024 * 1024;

/** The configuration cannot be used; the message has a line for each thing to put right. */
export class ConfigurationInvalid extends DomainError {
  readonly code = 'CONFIGURATION_INVALID';
  readonly faults: readonly ConfigurationFault[];

  constructor(
    source: string,
    faults: readonly ConfigurationFault[],
    options?: { readonly cause?: unknown },
  ) {
    const lines = faults.map(({ path: at, message }) =>
      at === '' ? `  ${message}` : `  ${at}: ${message}`,
    );
    super([`${source} cannot be used as it is:`, ...lines].join('\n'), options);
    this.faults = faults;
  }
}

/** Reads and checks a JSON file; relative paths in it start at its folder. @throws ConfigurationInvalid */
export async function loadConfiguration(file: string): Promise<Configuration> {
  const refuse = (message: string, cause?: unknown): ConfigurationInvalid =>
    new ConfigurationInvalid(file, [{ path: '', message }], { cause });
  const content = await readSmallFile(file, FILE_BYTES_MAX).catch((fault: unknown) => {
    throw refuse('the file cannot be read', fault);
  });
  if (content === null) throw refuse('the file is too large to be a configuration');
  const { value, fault } = parseJson(content.toString('utf8'));
  if (fault !== undefined)
    throw refuse(`line ${fault.line}, column ${fault.column}: ${fault.reason}`);
  return checkConfiguration(value, { source: file, directory: path.dirname(path.resolve(file)) });
}

/**
 * Checks a configuration that was read or built, fills in its defaults and makes its paths absolute.
 * @param origin how to name it in errors, and the folder where its relative paths start
 * @throws ConfigurationInvalid
 */
export function checkConfiguration(
  value: unknown,
  origin: { readonly source: string; readonly directory: string },
): Configuration {
  const result = configurationSchema.safeParse(value);
  if (!result.success)
    throw new ConfigurationInvalid(origin.source, faultsOf(result.error.issues, value));
  const conflicts = settingConflicts(result.data);
  if (conflicts.length > 0) throw new ConfigurationInvalid(origin.source, conflicts);
  return withAbsolutePaths(result.data, origin.directory);
}

/**
 * Says where the database is, with the secrets that the configuration names read from their files.
 * @throws SecretFileUnusable, ConfigurationInvalid
 */
export async function readDatabaseLocation(
  configuration: Configuration,
): Promise<DatabaseLocation> {
  const { url, passwordFile, authoritiesFile } = configuration.database;
  if (url === 'sqlite') {
    return { kind: 'sqlite', file: path.join(configuration.dataDirectory, 'gateway.db') };
  }
  const password = passwordFile === undefined ? undefined : await readSecretFile(passwordFile);
  const authorities =
    authoritiesFile === undefined
      ? undefined
      : await readAuthoritiesFile(authoritiesFile, 'database.authoritiesFile');
  return {
    kind: 'postgresql',
    url,
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(authorities === undefined ? {} : { tls: { authorities } }),
  };
}

/**
 * Reads a PEM file of certificates that the configuration names.
 * @param key where the configuration names it
 * @throws ConfigurationInvalid when it holds no certificate that can be read
 */
export async function readAuthoritiesFile(file: string, key: string): Promise<string> {
  try {
    const text = (await readSmallFile(file, FILE_BYTES_MAX))?.toString('utf8') ?? '';
    // TLS takes a text without certificates in silence, and would then believe nobody.
    new X509Certificate(text);
    return text;
  } catch (cause) {
    const message = `the file holds no certificate that can be read: ${file}`;
    throw new ConfigurationInvalid('The configuration', [{ path: key, message }], { cause });
  }
}

function withAbsolutePaths(configuration: Configuration, from: string): Configuration {
  const absolute = <Key extends string>(
    key: Key,
    file: string | undefined,
  ): { [K in Key]?: string } =>
    (file === undefined ? {} : { [key]: path.resolve(from, file) }) as { [K in Key]?: string };
  const { authority, database, directory, posture, siem } = configuration;
  const { keys } = authority;
  return {
    ...configuration,
    dataDirectory: path.resolve(from, configuration.dataDirectory),
    serviceCentre: {
      ...configuration.serviceCentre,
      ...absolute('phiPolicyFile', configuration.serviceCentre.phiPolicyFile),
    },
    authority: {
      ...authority,
      keys:
        keys.kind === 'files'
          ? keys
          : {
              ...keys,
              module: path.resolve(from, keys.module),
              pinFile: path.resolve(from, keys.pinFile),
            },
    },
    vault: withAbsoluteVaultPaths(configuration.vault, (file) => path.resolve(from, file)),
    database: {
      ...database,
      ...absolute('passwordFile', database.passwordFile),
      ...absolute('authoritiesFile', database.authoritiesFile),
    },
    ...(siem === undefined
      ? {}
      : {
          siem: {
            ...siem,
            authoritiesFile: path.resolve(from, siem.authoritiesFile),
            ...absolute('certificateFile', siem.certificateFile),
            ...absolute('keyFile', siem.keyFile),
          },
        }),
    ...(posture?.kind === 'required'
      ? { posture: { ...posture, ...absolute('clamdSocket', posture.clamdSocket) } }
      : {}),
    directory: withDirectoryPaths(directory, from),
  };
}

function withDirectoryPaths(
  directory: Configuration['directory'],
  from: string,
): Configuration['directory'] {
  const at = (file: string): string => path.resolve(from, file);
  switch (directory.kind) {
    case 'demo': {
      const { peopleFile } = directory;
      return peopleFile === undefined ? directory : { ...directory, peopleFile: at(peopleFile) };
    }
    case 'active-directory': {
      const { authoritiesFile, bindPasswordFile } = directory;
      const files = {
        authoritiesFile: at(authoritiesFile),
        bindPasswordFile: at(bindPasswordFile),
      };
      return { ...directory, ...files };
    }
    case 'openid-connect': {
      const { authoritiesFile, clientSecretFile } = directory;
      const files = {
        authoritiesFile: at(authoritiesFile),
        clientSecretFile: at(clientSecretFile),
      };
      return { ...directory, ...files };
    }
  }
}
