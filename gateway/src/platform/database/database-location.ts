/** Where the gateway's database is. The configuration's text is turned into it by the composition root. */
export interface SqliteLocation {
  readonly kind: 'sqlite';
  /** The file's path; it is made, with mode 0600, when it is not there. */
  readonly file: string;
}

export interface PostgresqlLocation {
  readonly kind: 'postgresql';
  /** `postgresql://name@host:port/database`, without a password. */
  readonly url: string;
  /** The secret itself, as read from its file; never part of the URL, a log line or an error. */
  readonly password?: string;
  /** Needed unless the server is on this machine. */
  readonly tls?: PostgresqlTls;
  /** Connections of this process, at most. */
  readonly connectionsMax?: number;
  readonly statementTimeoutMs?: number;
  /** Of the active gateway, where there is a standby: each connection says it (`platform/fence`). */
  readonly epoch?: number;
}

/** The server's certificate is checked, with its name, against these authorities (PEM). */
export interface PostgresqlTls {
  readonly authorities: string;
}

export type DatabaseLocation = SqliteLocation | PostgresqlLocation;
