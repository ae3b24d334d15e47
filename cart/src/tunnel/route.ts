/** What a route of the cart API is: a name that the journal may carry, and what it does. */
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { Line } from './line.ts';
import type { TunnelOptions } from './tunnel-options.ts';

export interface Call {
  readonly exchange: Exchange;
  readonly line: Line;
  readonly connection: Connection;
  readonly options: TunnelOptions;
  /** The one variable segment of the path, decoded; `''` for routes without one. */
  readonly segment: string;
}

export interface Route {
  /** As in docs/protocol.md section 5: written into the journal when it is refused. */
  readonly operation: string;
  readonly method: string;
  /** The path with one `*` for a variable segment. */
  readonly path: string;
  /** Only asked when the desk asks for something that costs: see `Router`. */
  readonly isCostly: boolean;
  /** How many of these one session has under way at most: a long answer is in memory until the desk has taken it. */
  readonly atOnceMax?: number;
  /** Answered between the session's end and the close too: what tells of the session, and gives nothing of the cart. */
  readonly outlivesSession?: true;
  /** Answers the exchange, or throws a DomainError that becomes the answer. */
  readonly take: (call: Call) => Promise<void>;
}
