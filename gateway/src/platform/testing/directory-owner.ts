/** Test support: takes a data directory and keeps it, or says which error refused it. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { openDataDirectory } from '../data-directory/data-directory.ts';
import { acknowledge } from './acknowledge.ts';

try {
  await openDataDirectory(process.argv[2] ?? '');
  acknowledge('taken');
  setInterval(() => undefined, 60_000);
} catch (fault) {
  if (!(fault instanceof DomainError)) throw fault;
  acknowledge(`${fault.code} ${fault.message}`);
}
