/**
 * How much of a TCP connection the kernel has not delivered yet, read from files of Linux.
 *
 * It is what was given to the kernel and has not been acknowledged by the other end: queued, or on its way.
 *
 * @see proc(5) /proc/net/tcp, Linux Documentation/networking/proc_net_tcp.rst: `tx_queue`
 */
import { readFile } from 'node:fs/promises';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** sl local_address rem_address st tx_queue:rx_queue …, numbers in hexadecimal. */
const LINE = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):/;

export interface ConnectionPorts {
  readonly localPort: number;
  readonly remotePort: number;
}

/** Gives the bytes of a connection that have not been delivered; null where this machine does not tell. */
export async function undeliveredBytes(ports: ConnectionPorts): Promise<number | null> {
  for (const table of TABLES) {
    const text = await readFile(table, 'latin1').catch(() => '');
    for (const line of text.split('\n')) {
      const [, local = '', remote = '', queued = ''] = LINE.exec(line) ?? [];
      const isIt =
        Number.parseInt(local, 16) === ports.localPort &&
        Number.parseInt(remote, 16) === ports.remotePort;
      if (isIt) return Number.parseInt(queued, 16);
    }
  }
  return null;
}
