/** What several settings have to say together; run after each field alone was found good. */
import { parsePostgresqlUrl } from '../database/postgresql-url.ts';
import { isLoopbackHost } from '../network/loopback.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { ConfigurationFault } from './configuration-fault.ts';
import type { Configuration } from './configuration-schema.ts';
import { demoConflicts } from './demo-rule.ts';
import { roleConflicts } from './role-rule.ts';

/** Lists every setting that contradicts another. */
export function settingConflicts(configuration: Configuration): readonly ConfigurationFault[] {
  const conflicts = demoConflicts(configuration).map(({ path, reason }) => ({
    path,
    message: reason,
  }));
  return [
    ...conflicts,
    ...roleConflicts(configuration),
    ...databaseConflicts(configuration),
    ...limitConflicts(configuration),
    ...standbyConflicts(configuration),
  ];
}

function databaseConflicts({ database }: Configuration): readonly ConfigurationFault[] {
  const { url, passwordFile, authoritiesFile } = database;
  if (url === 'sqlite') {
    return Object.entries({ passwordFile, authoritiesFile })
      .filter(([, file]) => file !== undefined)
      .map(([key]) => ({
        path: `database.${key}`,
        message: 'is for PostgreSQL, but database.url is "sqlite"',
      }));
  }
  try {
    const { host } = parsePostgresqlUrl(url);
    if (authoritiesFile !== undefined || isLoopbackHost(host)) return [];
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    return [{ path: 'database.url', message: fault.message }];
  }
  const message = 'is missing; a database on another machine is reached over TLS only';
  return [{ path: 'database.authoritiesFile', message }];
}

function standbyConflicts({ standby, database }: Configuration): readonly ConfigurationFault[] {
  if (standby === undefined || database.url !== 'sqlite') return [];
  const message = "needs PostgreSQL (database.url): SQLite is one process's own";
  return [{ path: 'standby', message }];
}

function limitConflicts({ limits }: Configuration): readonly ConfigurationFault[] {
  if (limits.recordBytesMax <= limits.caseBytesMax) return [];
  const message = 'is more than limits.caseBytesMax, so such a file could never be kept';
  return [{ path: 'limits.recordBytesMax', message }];
}
