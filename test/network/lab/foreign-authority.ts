/** A hospital's own certificate authority, made by OpenSSL: what an inspecting proxy signs with. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const INSPECTING_AUTHORITY = 'St. Elsewhere Inspection CA';

export interface ForeignCertificate {
  readonly key: string;
  /** PEM: the server's own, then the authority's. */
  readonly certificates: string;
}

/** Issues a server certificate for a name. */
export async function foreignCertificate(name: string): Promise<ForeignCertificate> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-foreign-'));
  const file = (each: string): string => path.join(directory, each);
  const openssl = async (...args: readonly string[]): Promise<unknown> =>
    await run('openssl', [...args], { timeout: 20_000 });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    const subject = `/O=St. Elsewhere Hospital/CN=${INSPECTING_AUTHORITY}`;
    await openssl(
      ...['req', '-x509', ...key, '-days', '30', '-subj', subject],
      ...['-keyout', file('ca.key'), '-out', file('ca.pem')],
    );
    await openssl(
      ...['req', '-x509', ...key, '-days', '30', '-subj', `/CN=${name}`],
      ...['-addext', `subjectAltName=DNS:${name}`, '-addext', 'basicConstraints=CA:FALSE'],
      ...['-CA', file('ca.pem'), '-CAkey', file('ca.key')],
      ...['-keyout', file('key.pem'), '-out', file('cert.pem')],
    );
    const read = async (each: string): Promise<string> => await readFile(file(each), 'utf8');
    return {
      key: await read('key.pem'),
      certificates: (await read('cert.pem')) + (await read('ca.pem')),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}
