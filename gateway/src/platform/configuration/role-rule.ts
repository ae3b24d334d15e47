/** Roles without which nobody could work: said when the gateway is configured, not when somebody stands at its gate. */
import type { ConfigurationFault } from './configuration-fault.ts';
import type { Configuration } from './configuration-schema.ts';
import { designatorOf } from './section-cases.ts';

/** Lists the roles that nobody can have and that something else counts on. */
export function roleConflicts(configuration: Configuration): readonly ConfigurationFault[] {
  const { directory } = configuration;
  if (directory.kind === 'demo') return [];
  const faults: ConfigurationFault[] = [];
  const require = (role: 'lead' | 'administrator', why: string): void => {
    if (directory.groups[role].length > 0) return;
    faults.push({ path: `directory.groups.${role}`, message: `names no group, but ${why}` });
  };
  if (designatorOf(configuration) === 'lead')
    require('lead', 'only a lead designates technicians (or set cases.designatedBy to "lead-or-opener")');
  require('administrator', 'only administrators manage accounts and workstations');
  return faults;
}
