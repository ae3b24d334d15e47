/** Reads the address of a PostgreSQL database; no options, no password, so that neither hides in a text. */
import { DatabaseMisconfigured } from './database-error.ts';

const DEFAULT_PORT = 5432;

/** Takes a `postgresql://name@host:port/database` apart. @throws DatabaseMisconfigured */
export function parsePostgresqlUrl(text: string): {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly database: string;
} {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'postgresql:' || url.hostname === '') {
    throw new DatabaseMisconfigured(
      'The database address has the form postgresql://name@host:port/database.',
    );
  }
  if (url.password !== '') {
    throw new DatabaseMisconfigured(
      'The database address must not hold the password: name its file instead.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new DatabaseMisconfigured('The database address takes no options after "?" or "#".');
  }
  const database = decoded(url.pathname.slice(1));
  const name = decoded(url.username);
  if (name === '' || database === '' || database.includes('/')) {
    throw new DatabaseMisconfigured(
      'The database address needs an account name and a database name.',
    );
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    name,
    database,
  };
}

/** Decodes "%" and two digits. @throws DatabaseMisconfigured when they are no text */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new DatabaseMisconfigured(
      'The database address has a "%" that does not begin an escape such as "%20".',
      { cause },
    );
  }
}
