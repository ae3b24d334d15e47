/** Targets of what a name server says to a validation: anybody on the network can answer in its place. */
import {
  MalformedNameMessage,
  NAME_MESSAGE_BYTES_MAX,
  readNameMessage,
  writeNameQuestion,
} from '@chaperone/cart/validation/name-message.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const NAME = 'gateway.example.org';
/** A pointer to the question's name. */
const POINTER = [0xc0, 12];

function answer(counts: readonly number[], code: number, records: readonly number[]): Buffer {
  const bytes = Buffer.concat([
    writeNameQuestion(0x1234, NAME).subarray(0, -11),
    Buffer.from(records),
  ]);
  bytes.writeUInt16BE(0x8180 | code, 2);
  for (const [index, count] of counts.entries()) bytes.writeUInt16BE(count, 4 + 2 * index);
  return bytes;
}

const ADDRESS = [...POINTER, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 198, 51, 100, 9];
const ALIAS = [...POINTER, 0, 5, 0, 1, 0, 0, 1, 44, 0, 4, 1, 0x61, ...POINTER];
/** Of `example.org`, which begins within the question; its data is of no interest. */
const ZONE = [0xc0, 20, 0, 6, 0, 1, 0, 0, 1, 44, 0, 3, 0, 0, 0];
/** OPT with an extended error: blocked. */
const BLOCKED = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 8, 0, 15, 0, 4, 0, 15, 0x6e, 0x6f];

export const NAME_MESSAGE_TARGETS: readonly Target[] = [
  {
    name: 'validation-name-message',
    entry: 'cart/src/validation/name-message.ts › readNameMessage',
    refusals: [MalformedNameMessage],
    limits: `${NAME_MESSAGE_BYTES_MAX} bytes, 64 records, 8 addresses, names of 255 bytes with 16 pointers`,
    form: 'bytes',
    seeds: () => [
      answer([1, 1, 0, 0], 0, ADDRESS),
      answer([1, 2, 0, 0], 0, [...ALIAS, ...ADDRESS]),
      answer([1, 0, 1, 0], 3, ZONE),
      answer([1, 0, 0, 1], 3, BLOCKED),
      answer([1, 0, 0, 0], 5, []),
    ],
    feed: (input) => {
      const message = readNameMessage(input);
      holds(message.addresses.length <= 8, 'at most eight addresses');
      for (const address of message.addresses)
        holds(/^(?:\d{1,3}\.){3}\d{1,3}$/.test(address), 'addresses are dotted quads');
      holds((message.zone?.length ?? 0) <= 255, 'the name of a zone is bounded');
      holds(message.responseCode >= 0 && message.responseCode <= 15, 'a code has four bits');
      return message;
    },
  },
];
