/** Opens the directory that the configuration names. */
import { openActiveDirectory } from '../directory/active-directory/active-directory.ts';
import type { Directory, Role } from '../directory/contract.ts';
import { BUILT_IN_DEMO_PEOPLE, openDemoDirectory, readDemoPeople } from '../directory/demo/demo.ts';
import { readAuthoritiesFile } from '../platform/configuration/configuration.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { controllerOf } from '../platform/configuration/configuration-schema.ts';
import type { Log } from '../platform/log/log.ts';
import { readSecretFile } from '../platform/secret/secret.ts';

/** @throws DemoPeopleUnusable, SecretFileUnusable, ConfigurationInvalid when a file that it names cannot be used */
export async function openDirectory({ directory }: Configuration, log: Log): Promise<Directory> {
  if (directory.kind === 'demo') {
    const { peopleFile } = directory;
    return openDemoDirectory(
      peopleFile === undefined ? BUILT_IN_DEMO_PEOPLE : readDemoPeople(peopleFile),
    );
  }
  const { authoritiesFile, bindName, groups, searchBase, timeoutMs } = directory;
  const authorities = await readAuthoritiesFile(authoritiesFile, 'directory.authoritiesFile');
  const zone = log.child({ zone: 'directory' });
  const rows = Object.entries(groups) as readonly (readonly [Role, readonly string[]])[];
  return openActiveDirectory({
    controllers: directory.controllers.flatMap((text) => controllerOf(text) ?? []),
    authorities,
    bindName,
    bindPassword: await readSecretFile(directory.bindPasswordFile),
    searchBase,
    roles: rows.flatMap(([role, names]) => names.map((group) => ({ group, role }))),
    timeoutMs,
    onUnavailable: (controller, fault) =>
      zone.warn(
        { err: fault, controller: `${controller.host}:${controller.port}` },
        'a domain controller does not answer',
      ),
  });
}
