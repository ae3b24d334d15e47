/** `gateway set` and `proxy set`: where the gateway is, and the way to it. Passwords come from a file, never on the command line. */
import { isIP } from 'node:net';
import { proxyAddressOf } from '@chaperone/domain/network/proxy-settings.ts';
import { CalledWrongly } from './call.ts';
import type { Command, GivenOptions } from './call.ts';
import { readInput } from './input.ts';

const PASSWORD_BYTES_MAX = 1024;
const PORT = { min: 1, max: 65_535 };
const GATEWAY_PORT = 443;

export const gatewaySetCommand: Command = {
  name: 'gateway set',
  usage: [
    'say where the gateway is, for this site:',
    '--host NAME-OR-ADDRESS',
    '--port NUMBER        443 unless given',
    "--server-name NAME   in its certificate; unless given the host's, or the configuration's for an address",
  ],
  options: { host: 'text', port: 'text', 'server-name': 'text' },
  async run({ configuration, ask, options, output }) {
    const host = options.needed('host');
    const port = options.number('port', PORT) ?? GATEWAY_PORT;
    const serverName =
      options.text('server-name') ?? (isIP(host) === 0 ? host : configuration.gateway.serverName);
    await ask({ act: 'gateway', gateway: { host, port, serverName } });
    output.result(
      { gateway: { host, port, serverName } },
      `The gateway is ${host}:${port}, with the name ${serverName}.`,
    );
    return 0;
  },
};

export const proxySetCommand: Command = {
  name: 'proxy set',
  usage: [
    "say which of the hospital's proxies leads to the gateway:",
    '--none               none; or',
    '--host NAME --port NUMBER, or',
    '--pac URL            the address of a PAC file',
    '--name NAME --password-file FILE   when it asks for them ("-" reads the password from standard input)',
  ],
  options: {
    none: 'switch',
    host: 'text',
    port: 'text',
    pac: 'text',
    name: 'text',
    'password-file': 'text',
  },
  async run({ ask, options, output }) {
    const proxy = await proxyOf(options);
    await ask({ act: 'proxy', proxy });
    const address = proxyAddressOf(proxy);
    output.result(
      { proxy: { kind: proxy.kind, address } },
      address === null ? 'No proxy is used.' : `The proxy is ${address}.`,
    );
    return 0;
  },
};

async function proxyOf(options: GivenOptions) {
  const host = options.text('host');
  const url = options.text('pac');
  const ways = [options.isGiven('none'), host !== undefined, url !== undefined];
  if (ways.filter(Boolean).length !== 1)
    throw new CalledWrongly('Give one of --none, --host, --pac.');
  const name = options.text('name');
  const file = options.text('password-file');
  if ((name === undefined) !== (file === undefined)) {
    throw new CalledWrongly('Give --name and --password-file together.');
  }
  const credentials =
    name === undefined || file === undefined ? null : { name, password: await readSecret(file) };
  if (url !== undefined) return { kind: 'pac', url, credentials } as const;
  if (host === undefined) return { kind: 'none' } as const;
  const port = options.number('port', PORT);
  if (port === undefined) throw new CalledWrongly('Give --port.');
  return { kind: 'manual', host, port, credentials } as const;
}

/** Reads a secret; the line end that an editor leaves is no part of it. */
async function readSecret(file: string): Promise<string> {
  return (await readInput(file, PASSWORD_BYTES_MAX, 'a password')).replace(/\r?\n$/, '');
}
