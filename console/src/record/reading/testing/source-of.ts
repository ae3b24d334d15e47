/** Test support: a source whose desk is an array of bytes. */
import { RangeSource } from '../range-source.ts';

export function sourceOf(bytes: Uint8Array): RangeSource {
  return new RangeSource(
    { address: '/content', bytes: bytes.length },
    async (_address, options) => {
      const { range = '' } = options.headers as Record<string, string>;
      const [, first = '0', last = '0'] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
      const part = bytes.slice(Number(first), Number(last) + 1);
      return await Promise.resolve(new Response(part, { status: 206 }));
    },
  );
}
