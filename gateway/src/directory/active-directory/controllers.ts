/**
 * The domain's controllers: tries one after the other, beginning with the one that answered last.
 *
 * LDAPS only, TLS 1.2 at least, against the pinned authorities; every wait has a limit. A connection lives as long
 * as one question: sign-ins are rare, and a connection that is kept is one that can be half-open.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { Client, InvalidCredentialsError } from 'ldapts';
import { DirectoryUnavailable } from '../contract.ts';
import type { Secret } from '../../platform/secret/secret.ts';

export interface DomainController {
  /** A name or an address that its certificate bears. */
  readonly host: string;
  readonly port: number;
}

export interface ControllersOptions {
  readonly controllers: readonly DomainController[];
  /** The authorities that the controllers' certificates are checked against, PEM; no others count. */
  readonly authorities: string;
  /** The account that looks people up; it needs to read, nothing else. */
  readonly bindName: string;
  readonly bindPassword: Secret<string>;
  /** How long connecting, and each answer, may take, milliseconds. */
  readonly timeoutMs: number;
  /** Told of each controller that did not answer. */
  readonly onUnavailable?: (controller: DomainController, fault: unknown) => void;
}

/** The domain does not take the gateway's own account: wrong password, expired, locked. */
export class BindAccountRefused extends DomainError {
  readonly code = 'DIRECTORY_BIND_REFUSED';
}

export class Controllers {
  readonly #options: ControllersOptions;
  #first = 0;

  constructor(options: ControllersOptions) {
    this.#options = options;
  }

  /**
   * Runs work with a bound connection of one controller; the work may open more to the same one.
   *
   * Answers of the domain end it, a controller that is not there is followed by the next.
   * @throws DirectoryUnavailable when none answered, and what the work throws
   */
  async use<Result>(
    work: (reader: Client, connect: () => Client) => Promise<Result>,
  ): Promise<Result> {
    const { controllers } = this.#options;
    const faults: unknown[] = [];
    for (let turn = 0; turn < controllers.length; turn += 1) {
      const index = (this.#first + turn) % controllers.length;
      const controller = controllers[index];
      if (controller === undefined) continue;
      const reader = this.#connect(controller);
      try {
        await this.#bind(reader);
        const result = await work(reader, () => this.#connect(controller));
        this.#first = index;
        return result;
      } catch (fault) {
        if (fault instanceof DomainError && !(fault instanceof BindAccountRefused)) {
          this.#first = index;
          throw fault;
        }
        faults.push(fault);
        this.#options.onUnavailable?.(controller, fault);
      } finally {
        await reader.unbind().catch(() => undefined);
      }
    }
    throw new DirectoryUnavailable('No domain controller answers.', {
      cause: new AggregateError(faults, 'what each controller answered'),
    });
  }

  async #bind(reader: Client): Promise<void> {
    const { bindName, bindPassword } = this.#options;
    try {
      await reader.bind(bindName, bindPassword.reveal());
    } catch (cause) {
      if (!(cause instanceof InvalidCredentialsError)) throw cause;
      throw new BindAccountRefused(`The domain refuses the gateway's own account, ${bindName}.`, {
        cause,
      });
    }
  }

  #connect({ host, port }: DomainController): Client {
    const { authorities, timeoutMs } = this.#options;
    return new Client({
      url: `ldaps://${host.includes(':') ? `[${host}]` : host}:${port}`,
      timeout: timeoutMs,
      connectTimeout: timeoutMs,
      tlsOptions: { ca: authorities, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    });
  }
}
