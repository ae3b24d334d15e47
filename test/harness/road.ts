/** Byte roads for the viewer: a WebSocket of the console. */
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
