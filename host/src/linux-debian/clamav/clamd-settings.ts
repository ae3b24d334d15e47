/** What of clamd.conf(5) says where clamd listens and where its database is. */

export interface ClamdSettings {
  readonly localSocket: string | null;
  readonly tcp: { readonly host: string; readonly port: number } | null;
  readonly databaseDirectory: string;
  /** Where it writes what it is scanning. */
  readonly temporaryDirectory: string;
}

/** As Debian's package installs it. */
export const DEFAULT_CLAMD_SETTINGS: ClamdSettings = {
  localSocket: '/run/clamav/clamd.ctl',
  tcp: null,
  databaseDirectory: '/var/lib/clamav',
  temporaryDirectory: '/tmp',
};

/** Reads a clamd.conf: one option a line, its value after spaces, perhaps in quotes. What is not understood is passed over. */
export function readClamdSettings(text: string): ClamdSettings {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, quoted, plain] =
      /^\s*([A-Za-z]+)\s+(?:"([^"\0]*)"|([^"#\s\0][^\s\0]*))/.exec(line) ?? [];
    const value = quoted ?? plain;
    if (name !== undefined && value !== undefined) found.set(name, value);
  }
  const port = Number(found.get('TCPSocket'));
  return {
    localSocket: found.get('LocalSocket') ?? null,
    tcp:
      Number.isInteger(port) && port >= 1 && port <= 65_535
        ? { host: found.get('TCPAddr') ?? '127.0.0.1', port }
        : null,
    databaseDirectory: found.get('DatabaseDirectory') ?? DEFAULT_CLAMD_SETTINGS.databaseDirectory,
    temporaryDirectory:
      found.get('TemporaryDirectory') ?? DEFAULT_CLAMD_SETTINGS.temporaryDirectory,
  };
}
