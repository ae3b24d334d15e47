/** Asks clamd for its version (clamd(8), command `VERSION`). */
import net from 'node:net';

export type ClamdAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

/** clamd answers at once, unless it is just loading its database. Milliseconds. */
const ANSWER_MS_MAX = 5_000;
const ANSWER_BYTES_MAX = 1_024;

/** Gives the first answer that is whole, or null when no clamd answers. */
export async function askVersion(addresses: readonly ClamdAddress[]): Promise<string | null> {
  for (const address of addresses) {
    const answer = await ask(address);
    if (answer !== null) return answer;
  }
  return null;
}

async function ask(address: ClamdAddress): Promise<string | null> {
  const socket = net.connect(address);
  const deadline = setTimeout(() => socket.destroy(), ANSWER_MS_MAX);
  try {
    // With `z` command and answer end with a zero byte.
    socket.write('zVERSION\0');
    let answer = '';
    for await (const piece of socket.setEncoding('utf8')) {
      answer += String(piece);
      const end = answer.indexOf('\0');
      if (end >= 0) return answer.slice(0, end);
      if (answer.length > ANSWER_BYTES_MAX) return null;
    }
    return null;
  } catch {
    return null;
  } finally {
    clearTimeout(deadline);
    socket.destroy();
  }
}
