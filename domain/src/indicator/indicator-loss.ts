/** Why the sign on the display that somebody is in is gone. */
export const INDICATOR_LOSSES = [
  /** It was not seen on the display in time. */
  'not-raised',
  /** There is no such display, or it lets nobody in, or it cannot do what an indicator needs. */
  'display-unavailable',
  /** The display's server ended, or cut the connection. */
  'display-lost',
  /** Somebody took the indicator's window away. */
  'window-destroyed',
] as const;
export type IndicatorLoss = (typeof INDICATOR_LOSSES)[number];
