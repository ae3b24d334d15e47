/**
 * `chaperone facility …`: a hospital's own policy key and policies, offline.
 *
 * Exit codes: 0 done; 1 refused or failed, with one sentence that says why; 2 called wrongly.
 */
import { parseArgs } from 'node:util';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { POLICY_CHARACTERS_MAX } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import {
  facilityKeyFingerprint,
  readPolicy,
  readUnproven,
  signPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { makeKey, readPrivateKey, readPublicKey, readText, writeNew } from './key/key.ts';
import { newPolicy } from './policy/new-policy.ts';
import { policyWords } from './policy/policy-words.ts';

const USAGE = `chaperone facility <command>

  key new       make the facility's policy key, once
                  --key FILE --public FILE
  key show      say the fingerprint that a field engineer compares at the cart
                  --public FILE
  policy new    write a policy to begin with; change it with an editor
                  --facility NAME --time-zone Europe/Berlin --output FILE
  policy sign   check a policy as a cart will, and sign it; each one needs a higher version than the last
                  --key FILE --policy FILE --output FILE
  policy show   say in sentences what a signed policy allows, and whether the key signed it
                  --policy FILE [--public FILE]

Upload what was signed in the facility portal, or bring it to a cart:
  chaperone cart facility-policy install --file FILE --config FILE`;

class CalledWrongly extends Error {
  override readonly name = 'CalledWrongly';
}

type Given = Readonly<Record<string, string | boolean | undefined>>;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const { command, given } = read(args);
    if (command === 'help') console.log(USAGE);
    else for (const line of await perform(command, given)) console.log(printable(line));
    return 0;
  } catch (fault) {
    if (fault instanceof CalledWrongly) {
      console.error(`${fault.message}\n\n${USAGE}`);
      return 2;
    }
    if (!(fault instanceof DomainError)) throw fault;
    console.error(printable(fault.message));
    return 1;
  }
}

async function perform(command: string, given: Given): Promise<readonly string[]> {
  switch (command) {
    case 'key new': {
      const fingerprint = await makeKey(needed(given, 'key'), needed(given, 'public'));
      return [
        `Fingerprint: ${grouped(fingerprint)}`,
        'Give the public file to the field engineer, and the fingerprint on paper or by telephone.',
        'Keep the private file in a safe place: whoever has it makes the rules of your carts.',
      ];
    }
    case 'key show': {
      const key = await readPublicKey(needed(given, 'public'));
      return [`Fingerprint: ${grouped(facilityKeyFingerprint(key))}`];
    }
    case 'policy new': {
      const policy = newPolicy(needed(given, 'facility'), needed(given, 'time-zone'), Date.now());
      await writeNew(needed(given, 'output'), `${JSON.stringify(policy, null, 2)}\n`);
      return policyWords(policy);
    }
    case 'policy sign': {
      const key = await readPrivateKey(needed(given, 'key'));
      const document = readJSON(await readText(needed(given, 'policy'), POLICY_CHARACTERS_MAX));
      const jws = await signPolicy(document, key, Date.now());
      await writeNew(needed(given, 'output'), `${jws}\n`);
      return [...policyWords(readUnproven(jws).document), 'Signed.'];
    }
    case 'policy show': {
      const jws = await readText(needed(given, 'policy'), POLICY_CHARACTERS_MAX + 64);
      const { document, signedUtcMs } = readUnproven(jws);
      const words = [...policyWords(document), `Signed ${new Date(signedUtcMs).toISOString()}`];
      if (given['public'] === undefined)
        return [...words, 'Whose signature it is was not checked: give --public.'];
      await readPolicy(jws, await readPublicKey(needed(given, 'public')));
      return [...words, 'The signature is that of this key.'];
    }
    default:
      throw new CalledWrongly(`There is no command "${command}".`);
  }
}

function read(args: readonly string[]): { readonly command: string; readonly given: Given } {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: text,
        public: text,
        policy: text,
        output: text,
        facility: text,
        'time-zone': text,
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true || positionals[0] === 'help') return { command: 'help', given: {} };
    if (positionals.length === 0) throw new CalledWrongly('Say what to do.');
    return { command: positionals.join(' '), given: values };
  } catch (fault) {
    throw fault instanceof CalledWrongly
      ? fault
      : new CalledWrongly(fault instanceof Error ? fault.message : 'The arguments are wrong.');
  }
}

function needed(given: Given, name: string): string {
  const value = given[name];
  if (typeof value !== 'string') throw new CalledWrongly(`Give --${name}.`);
  return value;
}

function readJSON(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new NotJSON('The policy is not JSON.');
  }
}

class NotJSON extends DomainError {
  readonly code = 'FACILITY_POLICY_NOT_JSON';
}

function grouped(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}
