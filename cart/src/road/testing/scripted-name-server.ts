/** A name server on loopback that says what a test tells it to, over UDP and TCP at one port. */
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { decode } from 'dns-packet';
import type { MachineNames } from '../name/machine-names.ts';
import type { NameServer, NameTransport } from '../name/name-server.ts';

/** Gives the bytes of the answers to a question, each sent as it is; none: silence. */
export type NameScript = (query: Buffer, name: string, by: NameTransport) => readonly Buffer[];

export interface ScriptedNameServer extends NameServer {
  /** Names in the order of their questions, with the transport: `udp gateway.example`. */
  readonly questions: readonly string[];
}

/** Starts it; `tcp: false` listens on UDP only. */
export async function startNameServer(
  t: TestContext,
  script: NameScript,
  { tcp = true } = {},
): Promise<ScriptedNameServer> {
  const questions: string[] = [];
  const answers = (query: Buffer, by: NameTransport): readonly Buffer[] => {
    const name = decode(query).questions?.[0]?.name ?? '';
    questions.push(`${by} ${name}`);
    return script(query, name, by);
  };
  const stream = net.createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    t.after(() => socket.destroy());
    socket.once('data', (bytes: Buffer) => {
      for (const answer of answers(bytes.subarray(2), 'tcp')) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([length, answer]));
      }
    });
  });
  stream.listen(0, '127.0.0.1');
  await once(stream, 'listening');
  const { port } = stream.address() as AddressInfo;
  t.after(() => stream.close());
  if (!tcp) stream.close();
  const datagrams = createSocket('udp4');
  datagrams.on('message', (query, { port: from, address }) => {
    for (const answer of answers(query, 'udp')) datagrams.send(answer, from, address);
  });
  datagrams.bind(port, '127.0.0.1');
  await once(datagrams, 'listening');
  t.after(() => datagrams.close());
  return { address: '127.0.0.1', port, questions };
}

/** A machine that knows these name servers and nothing else. */
export function machineWith(
  servers: readonly NameServer[],
  change: Partial<MachineNames> = {},
): MachineNames {
  return { servers, searchDomains: [], hosts: new Map(), ...change };
}
