/** Test support: bytes without a pattern, the same each time, quickly. */
import { createCipheriv } from 'node:crypto';

/** Makes so many bytes. */
export function contentOf(bytes: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(
    Buffer.alloc(bytes),
  );
}
