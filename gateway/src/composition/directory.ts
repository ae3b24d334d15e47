/** Opens the directory that the configuration names. */
import { openActiveDirectory } from '../directory/active-directory/active-directory.ts';
import type { Directory, Role } from '../directory/contract.ts';
import { BUILT_IN_DEMO_PEOPLE, openDemoDirectory, readDemoPeople } from '../directory/demo/demo.ts';
import { openOpenIDConnect } from '../directory/openid-connect/openid-connect.ts';
import { readAuthoritiesFile } from '../platform/configuration/configuration.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { controllerOf } from '../platform/configuration/configuration-schema.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { Log } from '../platform/log/log.ts';
import { readSecretFile } from '../platform/secret/secret.ts';

/** Which group of the directory gives which role. */
export interface RoleTable {
  readonly directory: string;
  readonly rows: readonly { readonly group: string; readonly role: Role }[];
}

type Groups = Exclude<Configuration['directory'], { kind: 'demo' }>['groups'];

/** The configuration's names of the roles. */
const ROLE_OF = {
  technician: 'technician',
  lead: 'lead',
  administrator: 'administrator',
  fieldEngineer: 'field-engineer',
  auditor: 'auditor',
} as const satisfies Readonly<Record<keyof Groups, Role>>;

function rolesOfGroups(groups: Groups): RoleTable['rows'] {
  const keys = Object.keys(ROLE_OF) as readonly (keyof Groups)[];
  return keys.flatMap((key) => groups[key].map((group) => ({ group, role: ROLE_OF[key] })));
}

/** Tells how the directory gives roles; the demo's has no groups, so each of its people stands for one. */
export function roleTableOf({ directory }: Configuration): RoleTable {
  if (directory.kind !== 'demo')
    return { directory: directory.kind, rows: rolesOfGroups(directory.groups) };
  const { peopleFile } = directory;
  const { people } = peopleFile === undefined ? BUILT_IN_DEMO_PEOPLE : readDemoPeople(peopleFile);
  const rows = people.flatMap(({ login, roles }) => roles.map((role) => ({ group: login, role })));
  return { directory: directory.kind, rows };
}

/** @throws DemoPeopleUnusable, SecretFileUnusable, ConfigurationInvalid when a file that it names cannot be used */
export async function openDirectory(
  { directory }: Configuration,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<Directory> {
  if (directory.kind === 'demo') {
    const { peopleFile } = directory;
    return openDemoDirectory(
      peopleFile === undefined ? BUILT_IN_DEMO_PEOPLE : readDemoPeople(peopleFile),
    );
  }
  if (directory.kind === 'openid-connect') return await openProvider(directory, log, clock);
  const { authoritiesFile, bindName, groups, searchBase, timeoutMs } = directory;
  const authorities = await readAuthoritiesFile(authoritiesFile, 'directory.authoritiesFile');
  const zone = log.child({ zone: 'directory' });
  return openActiveDirectory({
    controllers: directory.controllers.flatMap((text) => controllerOf(text) ?? []),
    authorities,
    bindName,
    bindPassword: await readSecretFile(directory.bindPasswordFile),
    searchBase,
    roles: rolesOfGroups(groups),
    timeoutMs,
    onUnavailable: (controller, fault) =>
      zone.warn(
        { err: fault, controller: `${controller.host}:${controller.port}` },
        'a domain controller does not answer',
      ),
  });
}

async function openProvider(
  directory: Extract<Configuration['directory'], { kind: 'openid-connect' }>,
  log: Log,
  clock: Clock,
): Promise<Directory> {
  const { authoritiesFile, clientId, clientSecretFile, groups, issuer, loginClaim } = directory;
  const { name, rolesClaim, scopes, timeoutMs } = directory;
  const authorities = await readAuthoritiesFile(authoritiesFile, 'directory.authoritiesFile');
  const zone = log.child({ zone: 'directory' });
  return openOpenIDConnect({
    providerName: name,
    issuer,
    clientId,
    clientSecret: await readSecretFile(clientSecretFile),
    authorities,
    scopes,
    loginClaim,
    rolesClaim,
    roles: rolesOfGroups(groups),
    timeoutMs,
    clock,
    onFault: (what, why) => zone.warn({ why }, what),
  });
}
