/**
 * The program of the process that holds a token's module: C code of somebody else, which may block or crash, and the
 * PIN. It is started by `token.ts` alone, speaks with it over the channel that it was started with, and ends with it.
 */
import { TokenKeyUnfit, TokenUnusable } from './token-error.ts';
import type { NumberedRequest, TokenReply, TokenRequest } from './token-message.ts';
import { TokenSession } from './token-session.ts';

let session: TokenSession | undefined;

process.on('message', ({ number, request }: NumberedRequest) => {
  // When the gateway was killed meanwhile, nobody hears the answer.
  process.send?.(answer(number, request), undefined, undefined, () => undefined);
});
process.on('disconnect', () => {
  session?.finalise();
  process.exit(0);
});
// A key pressed in the gateway's terminal reaches this process, too; the gateway decides when it ends.
process.on('SIGINT', () => undefined);

function answer(number: number, request: TokenRequest): TokenReply {
  try {
    if (request.kind === 'open') {
      session = TokenSession.open(request);
      return { number, value: new Uint8Array() };
    }
    if (session === undefined) throw new TypeError('The token has not been opened.');
    return { number, value: session.perform(request) };
  } catch (fault) {
    const reason = fault instanceof Error ? withCause(fault) : String(fault);
    if (fault instanceof TokenKeyUnfit) return { number, fault: 'key-unfit', reason };
    return { number, fault: fault instanceof TokenUnusable ? 'unusable' : 'failed', reason };
  }
}

function withCause({ message, cause }: Error): string {
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
