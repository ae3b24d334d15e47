/**
 * A token with keys of the authority or the vault, as the gateway sees it: it is asked to sign and seal, and keeps the keys.
 *
 * The module runs in a process of its own, so that a call that blocks or crashes takes nothing else with it, and the
 * loop that carries sessions never waits for it. Whatever goes wrong there, the process is ended, a new one opens the
 * token again with the PIN from its file, and the request is made once more. A PIN that was refused is not tried again
 * until the gateway starts anew: a few wrong ones lock a token. Decision 0014.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SigningAlgorithm } from '@chaperone/protocol/x509/signer.ts';
import { readSecretFile } from '../secret/secret.ts';
import { TokenKeyUnfit, TokenUnavailable, TokenUnusable } from './token-error.ts';
import type {
  SealRequest,
  TokenKeyKind,
  TokenPlace,
  TokenReply,
  TokenRequest,
} from './token-message.ts';
import { signatureOf } from './token-signature.ts';

export * from './token-error.ts';

export interface TokenSettings extends TokenPlace {
  readonly pinFile: string;
}

type KeyRequest = Exclude<TokenRequest, { readonly kind: 'open' }>;

const PROGRAM = fileURLToPath(new URL('./token-process.ts', import.meta.url));
/** A token in a network answers within milliseconds, a smart card within a second. */
const ANSWER_MS_MAX = 10_000;
/** A smart card takes a minute or two to find an RSA key of 3072 bits. */
const MAKE_MS_MAX = 300_000;
/** Logging out takes one answer of the token. */
const CLOSE_MS_MAX = 2_000;
/** Requests that wait at the same time; what asks for certificates is throttled far below that. */
const WAITING_MAX = 200;

/** The process ended, or did not answer in time, or its session was lost. */
class SessionLost extends Error {}

export class Token {
  readonly #settings: TokenSettings;
  #process: TokenProcess | undefined;
  /** Requests are made one after another: a session does one thing at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #refusedPIN: TokenUnusable | undefined;

  constructor(settings: TokenSettings) {
    this.#settings = settings;
  }

  /**
   * Makes a key pair that stays in the token.
   * @param keyId CKA_ID, hexadecimal
   * @throws TokenUnusable, TokenKeyUnfit, TokenUnavailable, SecretFileUnusable
   */
  async make(keyId: string, keyKind: TokenKeyKind, label: string): Promise<KeyObject> {
    const spki = await this.#ask({ kind: 'make', keyId, keyKind, label });
    return createPublicKey({ key: Buffer.from(spki), type: 'spki', format: 'der' });
  }

  /** Checks that a key was made in the token and cannot leave it. @throws as `make` */
  async check(keyId: string): Promise<void> {
    await this.#ask({ kind: 'check', keyId });
  }

  /** Signs a digest. @throws as `make` */
  async sign(keyId: string, algorithm: SigningAlgorithm, digest: Uint8Array): Promise<Uint8Array> {
    return signatureOf(algorithm, await this.#ask({ kind: 'sign', keyId, algorithm, digest }));
  }

  /** Removes a key pair, if it is there. @throws as `make` */
  async remove(keyId: string): Promise<void> {
    await this.#ask({ kind: 'remove', keyId });
  }

  /** Makes an AES key that stays in the token. @param keyId CKA_ID, hexadecimal @throws as `make` */
  async makeSealingKey(keyId: string, label: string): Promise<void> {
    await this.#ask({ kind: 'make-sealing-key', keyId, label });
  }

  /** Seals a few bytes: cipher text and tag. @throws as `make` */
  async seal(request: SealRequest): Promise<Uint8Array> {
    return await this.#ask({ kind: 'seal', ...request });
  }

  /** Unseals them; what was altered is `TokenUnavailable`, since tokens do not say why they fail. @throws as `make` */
  async unseal(request: SealRequest): Promise<Uint8Array> {
    return await this.#ask({ kind: 'unseal', ...request });
  }

  /** Names the sealing keys of a label. @returns CKA_ID of each, hexadecimal @throws as `make` */
  async sealingKeys(label: string): Promise<readonly string[]> {
    const ids = Buffer.from(await this.#ask({ kind: 'sealing-keys', label })).toString('hex');
    return ids.match(/.{32}/g) ?? [];
  }

  /** Removes a sealing key for good, if it is there. @throws as `make` */
  async removeSealingKey(keyId: string): Promise<void> {
    await this.#ask({ kind: 'remove-sealing-key', keyId });
  }

  async #ask(request: KeyRequest): Promise<Uint8Array> {
    if (this.#waiting >= WAITING_MAX)
      throw new TokenUnavailable(this.#settings.section, 'too many requests are waiting');
    this.#waiting++;
    const answer = this.#last.then(async () => await this.#askTwice(request));
    this.#last = answer.catch(() => undefined);
    try {
      return await answer;
    } finally {
      this.#waiting--;
    }
  }

  /** Ends the session once what was asked has been answered. */
  async close(): Promise<void> {
    await this.#last;
    await this.#process?.close();
    this.#process = undefined;
  }

  async #askTwice(request: KeyRequest): Promise<Uint8Array> {
    try {
      return await this.#askOnce(request);
    } catch (fault) {
      if (!(fault instanceof SessionLost)) throw fault;
    }
    try {
      return await this.#askOnce(request);
    } catch (fault) {
      if (!(fault instanceof SessionLost)) throw fault;
      throw new TokenUnavailable(this.#settings.section, fault.message, { cause: fault });
    }
  }

  async #askOnce(request: KeyRequest): Promise<Uint8Array> {
    try {
      this.#process ??= await this.#open();
      return await this.#process.ask(request);
    } catch (fault) {
      this.#end();
      throw fault;
    }
  }

  async #open(): Promise<TokenProcess> {
    if (this.#refusedPIN !== undefined) throw this.#refusedPIN;
    const { module, tokenLabel, section, pinFile } = this.#settings;
    const pin = await readSecretFile(pinFile);
    const opened = new TokenProcess();
    try {
      await opened.ask({ kind: 'open', module, tokenLabel, section, pin: pin.reveal() });
      return opened;
    } catch (fault) {
      opened.end();
      if (fault instanceof TokenUnusable && /\bPIN\b/.test(fault.message)) this.#refusedPIN = fault;
      throw fault;
    }
  }

  #end(): void {
    this.#process?.end();
    this.#process = undefined;
  }
}

/** One process and its conversation. */
class TokenProcess {
  readonly #child: ChildProcess;
  #number = 0;

  constructor() {
    this.#child = fork(PROGRAM, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // It does not keep the gateway from ending; while a question is open, its time limit does.
    this.#child.unref();
    this.#child.channel?.unref();
    this.#child.on('error', () => undefined);
  }

  async ask(request: TokenRequest): Promise<Uint8Array> {
    const child = this.#child;
    const number = ++this.#number;
    const answerMsMax = request.kind.startsWith('make') ? MAKE_MS_MAX : ANSWER_MS_MAX;
    const { promise, resolve, reject } = Promise.withResolvers<TokenReply>();
    const lose = (why: string) => () => reject(new SessionLost(why));
    const take = (reply: TokenReply): void => {
      if (reply.number === number) resolve(reply);
    };
    const onExit = lose('the process that speaks with it ended');
    child.on('message', take);
    child.once('exit', onExit);
    const timer = setTimeout(lose('it did not answer in time'), answerMsMax);
    try {
      if (!child.connected) onExit();
      else child.send({ number, request }, (fault) => fault !== null && onExit());
      return valueOf(await promise);
    } finally {
      clearTimeout(timer);
      child.off('message', take);
      child.off('exit', onExit);
    }
  }

  /** Lets it log out; one that does not is ended. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    // Its end is waited for: without this a program that does nothing else ended here, in the middle, when the timer was over.
    child.ref();
    const timer = setTimeout(() => this.end(), CLOSE_MS_MAX);
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(timer);
  }

  /** A module that blocks does not hear of anything else. */
  end(): void {
    this.#child.kill('SIGKILL');
  }
}

function valueOf(reply: TokenReply): Uint8Array {
  if ('value' in reply) return reply.value;
  if (reply.fault === 'unusable') throw new TokenUnusable(reply.reason);
  if (reply.fault === 'key-unfit') throw new TokenKeyUnfit(reply.reason);
  throw new SessionLost(reply.reason);
}
