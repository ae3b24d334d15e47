/**
 * The cart's only road to the outside: dialled when the operator has accepted the notice, gone when the session is.
 *
 * It follows the session and never leads it. Nothing listens; the desk asks over connections that the cart has
 * dialled (docs/protocol.md section 4), and each request is admitted by the session.
 */
import type { SessionState } from '@chaperone/domain/session/state.ts';
import { Line } from './line.ts';
import { Router } from './router.ts';
import type { TunnelOptions } from './tunnel-options.ts';

export type { TunnelOptions } from './tunnel-options.ts';

export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #router: Router;
  readonly #stopFollowing: () => void;
  #line: Line | null = null;
  #ending: Promise<unknown> = Promise.resolve();

  /** Follows the session from now on. */
  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#router = new Router(options);
    this.#stopFollowing = options.session.onChange((state) => this.#follow(state));
  }

  /** Stops; call it after the session has ended, so that its last view goes out. */
  async close(): Promise<void> {
    this.#stopFollowing();
    this.#endLine();
    await this.#ending;
  }

  #follow(state: SessionState): void {
    const sessionId = state.phase === 'ended' || !('sessionId' in state) ? null : state.sessionId;
    if (this.#line !== null && this.#line.sessionId !== sessionId) this.#endLine();
    if (this.#line === null && sessionId !== null) {
      this.#line = new Line(this.#options, sessionId, this.#router);
      return;
    }
    this.#line?.changed();
  }

  #endLine(): void {
    const line = this.#line;
    this.#line = null;
    if (line === null) return;
    const ended = line.end();
    const { files, log } = this.#options;
    this.#ending = Promise.all([this.#ending, ended, files.endSession()]).catch(
      (fault: unknown) => {
        log.error({ fault }, 'the end of a session was not clean');
      },
    );
  }
}
