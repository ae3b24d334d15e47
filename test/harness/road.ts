/** Byte roads for the viewer: a WebSocket of the console, or any duplex stream. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ByteRoad } from './rfb-viewer.ts';

/** RFB in binary messages, as the console's noVNC speaks it. */
export function webSocketRoad(socket: WebSocket): ByteRoad {
  return {
    send: (bytes) => socket.send(bytes),
    onBytes: (listener) => socket.on('message', (data) => listener(data as Buffer)),
    onClose: (listener) => socket.on('close', listener),
    close: () => socket.close(),
  };
}

export function streamRoad(stream: Duplex): ByteRoad {
  return {
    send: (bytes) => stream.write(bytes),
    onBytes: (listener) => stream.on('data', listener),
    onClose: (listener) => stream.on('close', listener),
    close: () => stream.destroy(),
  };
}
