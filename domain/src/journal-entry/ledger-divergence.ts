/** How a ledger that is shown to a cart can contradict what that cart remembers. Shorter: its end was cut off. */
export const LEDGER_DIVERGENCES = ['LEDGER_SHORTER', 'LEDGER_REWRITTEN'] as const;
export type LedgerDivergence = (typeof LEDGER_DIVERGENCES)[number];
