/** Lines of a stream of newline-delimited JSON. It knows nothing of what the lines mean. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Characters of one line. A PanelView with eight requests and a hundred transfers has about 60,000. */
export const LINE_CHARACTERS_MAX = 1_000_000;

export class LineTooLong extends DomainError {
  readonly code = 'LINE_TOO_LONG';
}

/**
 * Reads complete lines as they arrive. Empty lines are passed over; a last line without its newline was cut
 * short and is dropped.
 *
 * @param bytes UTF-8, cut anywhere, even inside a character
 * @throws LineTooLong when a line exceeds its limit
 */
export async function* readLines(
  bytes: ReadableStream<Uint8Array>,
  lineCharactersMax = LINE_CHARACTERS_MAX,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const reader = bytes.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of [...lines, rest]) {
        if (line.length > lineCharactersMax)
          throw new LineTooLong('A line of the stream is too long.');
      }
      for (const line of lines) if (line.trim() !== '') yield line;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
