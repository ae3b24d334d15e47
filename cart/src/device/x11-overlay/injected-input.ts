/**
 * Releases what programs hold pressed on an X display, and nothing that somebody has in their hands.
 *
 * X gives injected input (XTEST) a keyboard and a pointer of its own, beside the real ones. What is down on those two was
 * pressed by a program: by an RFB server that was killed, for one; X keeps it down for ever. The keys are read from the
 * devices themselves, so that what came down last counts, whoever remembers it. A key that a real keyboard holds, too, stays down.
 *
 * @see XInput 1 protocol, QueryDeviceState; XTEST protocol, XTestFakeInput
 */
import type { XInput, XRequests } from 'x11';
import { answered, openConnection, X11OverlayUnavailable } from './x11-connection.ts';
import type { DisplayAddress } from './x11-connection.ts';

const ANSWER_TIMEOUT_MS = 2000;
const INJECTING = /XTEST (?:keyboard|pointer)$/;
const QUERY_DEVICE_STATE = 30;
const FAKE_INPUT = 2;
/** Class of a device's state, and the event that releases one of it. */
const CLASS = { keys: 0, buttons: 1 } as const;
const RELEASE = { keys: 3, buttons: 5 } as const;
/** Bytes of a reply before what is the request's own. */
const REPLY_BYTES = 32;

/** What the package does not say of itself, for requests that it does not know. */
interface RawRequests extends XRequests {
  readonly pack_stream: { put(bytes: Buffer): void; submit(): void };
  readonly replies: Record<
    number,
    [(bytes: Buffer) => Buffer, (error: Error | null, value: Buffer) => unknown]
  >;
  seq_num: number;
  QueryExtension(
    name: string,
    answer: (error: Error | null, extension: { readonly majorOpcode: number }) => unknown,
  ): void;
}

interface Pressed {
  readonly kind: 'keys' | 'buttons';
  readonly code: number;
}

/** Releases every key and button that is held by injection. @throws X11OverlayUnavailable */
export async function releaseInjected(address: DisplayAddress): Promise<void> {
  const { display, socket } = await openConnection(address);
  const client = display.client as RawRequests;
  client.on('error', () => undefined);
  socket.on('error', () => undefined);
  try {
    const pressed = await injectedInput(client);
    if (pressed.length === 0) return;
    const majorOpcode = await opcodeOf(client, 'XTEST');
    for (const { kind, code } of pressed) {
      const request = Buffer.alloc(36);
      request.set([majorOpcode, FAKE_INPUT, request.length / 4, 0, RELEASE[kind], code]);
      put(client, request);
    }
    await answered<unknown>((answer) => {
      client.sync((error) => answer(error, null));
    }, ANSWER_TIMEOUT_MS);
  } catch (cause) {
    throw new X11OverlayUnavailable('The X display does not release what is pressed.', { cause });
  } finally {
    socket.destroy();
  }
}

async function injectedInput(client: RawRequests): Promise<readonly Pressed[]> {
  const input = await answered<XInput>((answer) => {
    client.require('xinput', answer);
  }, ANSWER_TIMEOUT_MS);
  const devices = await answered<Parameters<Parameters<XInput['XIQueryDevice']>[1]>[1]>(
    (answer) => {
      input.XIQueryDevice(0, answer);
    },
    ANSWER_TIMEOUT_MS,
  );
  const majorOpcode = await opcodeOf(client, 'XInputExtension');
  const pressed: Pressed[] = [];
  for (const { deviceId } of devices.filter(({ name }) => INJECTING.test(name))) {
    const state = await answered<Buffer>((answer) => {
      const request = Buffer.from([majorOpcode, QUERY_DEVICE_STATE, 2, 0, deviceId, 0, 0, 0]);
      put(client, request, answer);
    }, ANSWER_TIMEOUT_MS);
    pressed.push(...pressedIn(state));
  }
  return pressed;
}

/** Reads a reply: the number of classes, then each with its own (class, bytes, how many, unused, 32 bytes of bits). */
export function pressedIn(state: Buffer): readonly Pressed[] {
  const pressed: Pressed[] = [];
  let at = REPLY_BYTES - 8;
  for (let left = state[0] ?? 0; left > 0; left -= 1) {
    const [classId, bytes = 0] = state.subarray(at, at + 2);
    if (bytes < 2 || at + bytes > state.length) break;
    const kind = classId === CLASS.keys ? 'keys' : classId === CLASS.buttons ? 'buttons' : null;
    const bits = state.subarray(at + 4, at + bytes);
    for (let code = 0; kind !== null && code < bits.length * 8; code += 1)
      if (((bits[code >> 3] ?? 0) >> (code & 7)) & 1) pressed.push({ kind, code });
    at += bytes;
  }
  return pressed;
}

async function opcodeOf(client: RawRequests, name: string): Promise<number> {
  const { majorOpcode } = await answered<{ readonly majorOpcode: number }>((answer) => {
    client.QueryExtension(name, (error, extension) => answer(error, extension));
  }, ANSWER_TIMEOUT_MS);
  return majorOpcode;
}

function put(
  client: RawRequests,
  request: Buffer,
  answer?: (error: Error | null, value: Buffer) => unknown,
): void {
  // Little-endian: the package always speaks so. Its length was given in words.
  request.writeUInt16LE(request.length / 4, 2);
  client.seq_num += 1;
  client.pack_stream.put(request);
  if (answer !== undefined) client.replies[client.seq_num] = [(bytes) => bytes, answer];
  client.pack_stream.submit();
}
