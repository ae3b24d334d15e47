/**
 * The sign on the cart's own display that somebody is in: border and banner, who, what, how long; the clinical interlock, Pause and End.
 *
 * The door of this feature. What shows it on one kind of display implements the contract and knows nothing of sessions;
 * `IndicatorKeeper` ties it to the session, by the rules of `domain/src/indicator`. Decision 0046.
 */
export { IndicatorUnavailable } from './indicator-contract.ts';
export type { Indicator, IndicatorRegion } from './indicator-contract.ts';
export { IndicatorKeeper } from './indicator-keeper.ts';
export { makeIndicator } from './make-indicator.ts';
export type { IndicatorSettings } from './make-indicator.ts';
export { noIndicator } from './no-indicator.ts';
