/**
 * A browser's own certificate store (NSS), through `certutil` of Debian's libnss3-tools.
 *
 * A key is made inside the store, and this program never sees it; what comes out is a certification request. Whoever can
 * read the store can copy the key, unless the store has a password: NSS marks no key as bound to its store. `certutil` gets
 * no terminal, so that it asks nothing: a store's password comes from a file, an empty one unless a person named one.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { access, constants, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { printable } from '../gateway/problem.ts';
import { DiskFull, hasNoRoom } from '../platform/disk-full.ts';
import { ProgramMissing, runProgram } from '../platform/run-program.ts';
import type { ProgramRun } from '../platform/run-program.ts';
import {
  CertutilMissing,
  StoreDamaged,
  StoreFailed,
  StoreLocked,
  StoreNotWritable,
} from './browser-error.ts';
import { readKeyList, readNicknames } from './nss-output.ts';

/** Bytes that `certutil` mixes into its own randomness; without them it asks for a minute of typing. */
const NOISE_BYTES = 64;
/** For whom a certificate is trusted: `C` issues servers, nobody else. See `certutil -A`. */
const TRUST = { ofNobody: ',,', toIssueServers: 'C,,' } as const;

export class NSSStore {
  /** The directory of `cert9.db` and `key4.db`. */
  readonly directory: string;
  readonly #passwordFile: string | undefined;

  /** @param passwordFile holds the password of a store that has one */
  constructor(directory: string, passwordFile?: string) {
    this.directory = directory;
    this.#passwordFile = passwordFile;
  }

  /**
   * Makes sure that the store is there, opens and can be written, before anything depends on it.
   * @throws CertutilMissing, StoreLocked, StoreNotWritable, StoreDamaged, StoreFailed
   */
  async open(): Promise<void> {
    if (!(await this.exists())) await this.#create();
    await access(this.directory, constants.W_OK).catch((cause: unknown) => {
      throw new StoreNotWritable(this.directory, { cause });
    });
    await this.keys();
  }

  /** Tells whether there is such a store at all. */
  async exists(): Promise<boolean> {
    const file = path.join(this.directory, 'cert9.db');
    return await access(file).then(
      () => true,
      () => false,
    );
  }

  /** Lists the private keys. */
  async keys() {
    const { exitCode, output, complaint } = await this.#run(['-K']);
    const text = output.toString('utf8');
    // A store without a key is no failure, but certutil ends as if it were.
    if (exitCode !== 0 && !text.includes('no keys found')) throw await this.#faultOf(complaint);
    return readKeyList(text);
  }

  /** Lists the nicknames of all certificates. */
  async nicknames(): Promise<readonly string[]> {
    return readNicknames(String((await this.#must(['-L'])).output));
  }

  /** Makes a key in the store. @returns its certification request, DER */
  async makeRequest(commonName: string): Promise<Uint8Array> {
    return await this.#withFolder(async (folder) => {
      const noise = path.join(folder, 'noise');
      const request = path.join(folder, 'request.der');
      await writeFile(noise, randomBytes(NOISE_BYTES), { mode: 0o600 });
      const key = ['-k', 'ec', '-q', 'nistp256', '-Z', 'SHA256', '-z', noise];
      await this.#must(['-R', ...key, '-s', `CN=${commonName}`, '-o', request]);
      return new Uint8Array(await readFile(request));
    });
  }

  /** Tells whether the private key of a public one is in the store. */
  async holdsKeyOf(publicKey: KeyObject): Promise<boolean> {
    const id = keyIdOf(publicKey);
    return (await this.keys()).some((key) => key.id === id);
  }

  /** Puts the certificate of a key that is in the store beside it. */
  async addCertificate(nickname: string, der: Uint8Array): Promise<void> {
    await this.#add(nickname, der, TRUST.ofNobody);
  }

  /** Lets a root vouch for servers, and for nothing else. */
  async trustForServers(nickname: string, der: Uint8Array): Promise<void> {
    await this.#add(nickname, der, TRUST.toIssueServers);
  }

  /** Takes a certificate out together with its key. */
  async removeWithKey(nickname: string): Promise<void> {
    if ((await this.nicknames()).includes(nickname)) await this.#must(['-F', '-n', nickname]);
  }

  /** Takes a key out that has no certificate. */
  async removeKeyOf(publicKey: KeyObject): Promise<void> {
    const id = keyIdOf(publicKey);
    if (await this.holdsKeyOf(publicKey)) await this.#must(['-F', '-k', id]);
  }

  /** Takes a certificate out and leaves its key, if it has one. */
  async removeCertificate(nickname: string): Promise<void> {
    if ((await this.nicknames()).includes(nickname)) await this.#must(['-D', '-n', nickname]);
  }

  async #add(nickname: string, der: Uint8Array, trust: string): Promise<void> {
    await this.#withFolder(async (folder) => {
      const file = path.join(folder, 'certificate.der');
      await writeFile(file, der, { mode: 0o600 });
      await this.#must(['-A', '-n', nickname, '-t', trust, '-i', file]);
    });
  }

  async #create(): Promise<void> {
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new StoreNotWritable(this.directory, { cause });
    }
    await this.#must(['-N', '--empty-password']);
  }

  async #must(args: readonly string[]): Promise<ProgramRun> {
    const run = await this.#run(args);
    if (run.exitCode !== 0) throw await this.#faultOf(run.complaint);
    return run;
  }

  async #run(args: readonly string[]): Promise<ProgramRun> {
    return await this.#withFolder(async (folder) => {
      const passwordFile = this.#passwordFile ?? path.join(folder, 'password');
      if (this.#passwordFile === undefined) await writeFile(passwordFile, '\n', { mode: 0o600 });
      const isMaking = args[0] === '-N';
      try {
        return await runProgram('certutil', [
          ...args,
          ...['-d', `sql:${this.directory}`],
          ...(isMaking ? [] : ['-f', passwordFile]),
        ]);
      } catch (cause) {
        throw cause instanceof ProgramMissing ? new CertutilMissing({ cause }) : cause;
      }
    });
  }

  async #withFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-store-'));
    try {
      return await act(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #faultOf(complaint: string): Promise<DomainError> {
    const { directory } = this;
    if (await hasNoRoom(directory)) return new DiskFull();
    if (complaint.includes('SEC_ERROR_BAD_PASSWORD')) return new StoreLocked(directory);
    if (/SEC_ERROR_READ_ONLY|PR_NO_ACCESS_RIGHTS/.test(complaint))
      return new StoreNotWritable(directory);
    if (complaint.includes('SEC_ERROR_BAD_DATABASE')) return new StoreDamaged(directory);
    return new StoreFailed(directory, printable(complaint.trim().split('\n').at(-1) ?? ''));
  }
}

/** Gives the CKA_ID that NSS gives a key on P-256: SHA-1 of its public point, uncompressed. It names, it proves nothing. */
function keyIdOf(publicKey: KeyObject): string {
  const { x, y } = publicKey.export({ format: 'jwk' });
  const point = [
    Uint8Array.of(4),
    Buffer.from(x ?? '', 'base64url'),
    Buffer.from(y ?? '', 'base64url'),
  ];
  return createHash('sha1').update(Buffer.concat(point)).digest('hex');
}
