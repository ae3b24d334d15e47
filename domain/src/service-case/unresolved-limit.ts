/**
 * Who decides when nobody does: the longest time that a case may stay unresolved.
 *
 * It stands where a technician's id stands in `case-resolving` and in a certificate; no id of a person looks like it.
 */
export const UNRESOLVED_LIMIT = 'unresolved-limit';
export type UnresolvedLimit = typeof UNRESOLVED_LIMIT;
