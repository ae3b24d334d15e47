/** A hospital's RADIUS server: a real FreeRADIUS that signs in by PEAP/MSCHAPv2, with a certificate of the test's choice. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDaemon } from './daemon.ts';
import type { Namespace } from './namespace.ts';
import type { ServerCertificate } from './sign-in-authority.ts';

/** Shared between the server and its switches or access points. */
export const RADIUS_SECRET = 'between-switch-and-radius';
export const RADIUS_PORT = 1812;
/** The only account. */
export const ACCOUNT = { identity: 'cart01', password: 'Cart Secret; #1' } as const;

export interface Radius {
  /** What it printed: who was let in, who was not. */
  printed(): string;
  close(): Promise<void>;
}

/** Starts it on all addresses of a namespace. @param password of the account */
export async function startRadius(
  namespace: Namespace,
  { certificate, privateKey }: ServerCertificate,
  password: string = ACCOUNT.password,
): Promise<Radius> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-radius-'));
  const file = (name: string): string => path.join(directory, name);
  await mkdir(file('log'));
  await writeFile(file('server.pem'), certificate);
  await writeFile(file('key.pem'), privateKey, { mode: 0o600 });
  await writeFile(file('accounts'), `${ACCOUNT.identity} Cleartext-Password := "${password}"\n`);
  await writeFile(file('radiusd.conf'), configuration(directory));
  const args = namespace.argumentsFor('freeradius', ['-f', '-l', 'stdout', '-xx', '-d', directory]);
  const daemon = await startDaemon('ip', args, (printed) =>
    printed.includes('Ready to process requests'),
  );
  return {
    printed: () => daemon.printed(),
    close: async () => {
      await daemon.stop('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configuration(directory: string): string {
  return `
prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = ${directory}
logdir = ${directory}/log
run_dir = ${directory}
name = radius
log {
 destination = stdout
 auth = yes
}
security {
 reject_delay = 0
}
client all {
 ipaddr = 0.0.0.0/0
 secret = ${RADIUS_SECRET}
 require_message_authenticator = yes
}
modules {
 eap {
  default_eap_type = peap
  tls-config outer {
   private_key_file = ${directory}/key.pem
   certificate_file = ${directory}/server.pem
   ca_file = ${directory}/server.pem
   auto_chain = no
   tls_min_version = "1.2"
   tls_max_version = "1.2"
   ecdh_curve = ""
  }
  peap {
   tls = outer
   default_eap_type = mschapv2
   virtual_server = inner
  }
  mschapv2 {
  }
 }
 mschap {
 }
 files {
  usersfile = ${directory}/accounts
 }
}
server outer {
 listen {
  type = auth
  ipaddr = *
  port = ${RADIUS_PORT}
 }
 authorize {
  eap {
   ok = return
  }
 }
 authenticate {
  eap
 }
}
server inner {
 authorize {
  mschap
  eap {
   ok = return
  }
  files
 }
 authenticate {
  Auth-Type MS-CHAP {
   mschap
  }
  eap
 }
}
`;
}
