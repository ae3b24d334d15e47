/** The door of remote sessions: what other features of the desk may see of them. */
export { RemoteSessions } from './remote-sessions.ts';
export type { OpenGrant, RemoteSessionsOptions } from './remote-sessions.ts';
export type { SessionKeeperOptions, SessionListener } from './session-keeper.ts';
export type { SessionDetail } from './live-cart.ts';
export {
  GrantInvalid,
  NoSession,
  SessionHeldByAnother,
  SessionRequestInvalid,
  SessionRequestStale,
} from './session-error.ts';
export type { EndedSession, GrantedSession } from './session-store.ts';
export { SESSION_MIGRATIONS } from './tables.ts';
export type { SessionTables } from './tables.ts';
