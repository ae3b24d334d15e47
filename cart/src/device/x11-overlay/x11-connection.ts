/**
 * One connection to the X server of a display on this machine: over its Unix socket only.
 *
 * The package would fall back to TCP port 6000 where there is no socket; anybody on the machine could listen there. So the
 * socket is opened here, and the key to the display is looked up here.
 */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { homedir, hostname } from 'node:os';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import x11 from 'x11';
import type { Answer, XRequests, XDisplay } from 'x11';
import { displayKeyIn, NO_DISPLAY_KEY } from './x-authority.ts';
import type { DisplayKey } from './x-authority.ts';

/** Thrown when a display cannot be drawn on. */
export class X11OverlayUnavailable extends DomainError {
  readonly code = 'X11_OVERLAY_UNAVAILABLE';
}

/** A display that does not answer within this time is none. */
const SETUP_TIMEOUT_MS = 2000;

export interface DisplayAddress {
  /** On this machine, as in DISPLAY: `:0`. */
  readonly display: string;
  /** Null: the file that XAUTHORITY names, or `.Xauthority` of the agent's own account. */
  readonly xauthority: string | null;
}

export interface X11Connection {
  readonly display: XDisplay;
  readonly client: XRequests;
  readonly socket: Socket;
  /** Of the display's screens, which. */
  readonly screenNumber: number;
}

/** Opens a connection. @throws X11OverlayUnavailable */
export async function openConnection(address: DisplayAddress): Promise<X11Connection> {
  const [, number, screen = '0'] = /^:(\d{1,5})(?:\.(\d{1,2}))?$/.exec(address.display) ?? [];
  if (number === undefined) {
    throw new X11OverlayUnavailable('An X display on this machine is written ":0".');
  }
  const key = await keyOf(address, number);
  const socket = connect({ path: `/tmp/.X11-unix/X${number}` });
  try {
    const display = await answered<XDisplay>((answer) => {
      const options = { stream: socket, auth: key, disableBigRequests: true };
      x11
        .createClient({ ...options, display: `:${number}` }, answer)
        .on('error', (error) => answer(error as Error, undefined as never));
    }, SETUP_TIMEOUT_MS);
    const { client } = display;
    // The package keeps one list of atoms for all servers, but each server numbers them itself.
    client.atoms = { ...client.atoms };
    return { display, client, socket, screenNumber: Number(screen) };
  } catch (cause) {
    socket.destroy();
    throw new X11OverlayUnavailable(`The X display ${address.display} does not let us in.`, {
      cause,
    });
  }
}

async function keyOf({ xauthority }: DisplayAddress, number: string): Promise<DisplayKey> {
  const named = xauthority ?? process.env['XAUTHORITY'] ?? path.join(homedir(), '.Xauthority');
  try {
    return displayKeyIn(await readFile(named), number, hostname()) ?? NO_DISPLAY_KEY;
  } catch (cause) {
    if (xauthority === null) return NO_DISPLAY_KEY;
    throw new X11OverlayUnavailable(`The key to the display in ${xauthority} cannot be read.`, {
      cause,
    });
  }
}

/** Turns a question with a callback into a promise. Errors are handled here, so the package does not tell them again. */
export function answered<Value>(
  ask: (answer: Answer<Value>) => void,
  timeoutMs: number,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the X server does not answer')), timeoutMs);
    ask((error, value) => {
      clearTimeout(late);
      if (error) reject(error);
      else resolve(value);
      return true;
    });
  });
}
