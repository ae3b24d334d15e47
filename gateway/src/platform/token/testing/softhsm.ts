/**
 * Test support: a real token of SoftHSM in a temporary directory, and `pkcs11-tool` of OpenSC to look into it.
 *
 * SoftHSM finds its tokens by an environment variable, which all that this process starts inherits: one place of tokens
 * for each test file.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenSettings } from '../token.ts';

export const SOFTHSM_MODULE = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = '271828';
const SECURITY_OFFICER_PIN = '31415926';

export interface TestTokens extends Disposable {
  /** Where SoftHSM keeps its tokens; without it they are gone. */
  readonly tokensDirectory: string;
  /** Initialises a token. */
  add(tokenLabel: string): TokenSettings;
  /** A file that holds a PIN. */
  pinFile(pin: string): string;
  /** Runs `pkcs11-tool` on a token, logged in. @throws Error with what it said when it fails */
  tool(tokenLabel: string, ...args: readonly string[]): string;
}

/** Makes a place for tokens, and tells this process and its children of it. */
export function newTestTokens(): TestTokens {
  const parent = mkdtempSync(join(tmpdir(), 'chaperone-softhsm-'));
  const tokensDirectory = join(parent, 'tokens');
  mkdirSync(tokensDirectory);
  const configuration = join(parent, 'softhsm2.conf');
  const lines = [`directories.tokendir = ${tokensDirectory}`, 'objectstore.backend = file'];
  writeFileSync(configuration, [...lines, 'log.level = ERROR', ''].join('\n'));
  process.env['SOFTHSM2_CONF'] = configuration;
  const pinFile = (pin: string): string => {
    const file = join(parent, `pin-${pin}`);
    writeFileSync(file, `${pin}\n`, { mode: 0o600 });
    return file;
  };
  return {
    tokensDirectory,
    pinFile,
    add(tokenLabel) {
      execFileSync('softhsm2-util', [
        ...['--init-token', '--free', '--label', tokenLabel],
        ...['--pin', PIN, '--so-pin', SECURITY_OFFICER_PIN],
      ]);
      return {
        module: SOFTHSM_MODULE,
        tokenLabel,
        pinFile: pinFile(PIN),
        section: 'authority.keys',
      };
    },
    tool(tokenLabel, ...args) {
      const { status, stdout, stderr } = spawnSync(
        'pkcs11-tool',
        ['--module', SOFTHSM_MODULE, '--token-label', tokenLabel, '--login', '--pin', PIN, ...args],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(`pkcs11-tool: ${stdout}${stderr}`);
      return stdout;
    },
    [Symbol.dispose]: () => rmSync(parent, { recursive: true }),
  };
}
