/**
 * Test support: a program that opens a keyring in a token, and erases one case after the other until it is killed. It says
 * `open` and then each erased case, once that was acknowledged.
 *
 * Arguments: directory, token settings as JSON, the cases.
 */
import { parseId } from '@chaperone/domain/id/id.ts';
import { acknowledge } from '../../platform/testing/acknowledge.ts';
import type { TokenSettings } from '../../platform/token/token.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { Keyring } from '../keyring/keyring.ts';

const [directory = '', token = '{}', ...cases] = process.argv.slice(2);
const wrapping = { kind: 'pkcs11', ...(JSON.parse(token) as TokenSettings) } as const;
const keyring = await Keyring.open({ directory, random: systemRandom, wrapping });
acknowledge('open');
for (const id of cases) {
  await keyring.erase(parseId('case', id));
  acknowledge(id);
}
await keyring.close();
