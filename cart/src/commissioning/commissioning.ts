/**
 * Commissioning a cart at its place: everything that a field engineer does, once, for the panel's engineer page and for the command
 * line. It decides what may be done when, and knows no road, no adapter and no signature by itself: those are its parts.
 *
 * The operator comes first: while a session is under way nothing is changed and nothing is validated, and a session that begins stops
 * a validation. While a change is made, no session begins. What was validated counts until something changes.
 * Decision 0023.
 */
export { Commissioning } from './acts.ts';
export type { CommissioningOptions } from './acts.ts';
export { askedThere } from './agent-call.ts';
export { listenForCommands } from './agent-socket.ts';
export * from './commissioning-refused.ts';
export type { EnterLicence } from './licence-entry.ts';
export type * from './parts.ts';
export { acceptedOf, askedHere } from './request.ts';
export type { Asked, CommissioningRequest } from './request.ts';
