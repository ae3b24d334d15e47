/** The frame of a message on a stream: its length in octets, a space, the message (RFC 5425 §4.3.1). */

/** Frames a message. */
export function frame(message: string): Buffer {
  const bytes = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}
