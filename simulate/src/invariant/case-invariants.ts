/** What must hold of cases, records and transfers. Each judges by the ghost's books; null when all is well. */
import type { Ghost } from '../ghost/ghost.ts';
import type { Observation } from './observation.ts';

type Of<Is extends Observation['is']> = Extract<Observation, { readonly is: Is }>;

/** No record outlives its case: once its destruction is reported done, nothing is left, and nothing new comes. */
export function recordDiesWithCase(
  observation: Of<'certified'> | Of<'stored'> | Of<'healed'>,
  ghost: Ghost,
): string | null {
  if (observation.is === 'certified') {
    const { caseId, remains } = observation;
    if (remains.length === 0) return null;
    return `The destruction of ${caseId} was reported done, and this is left: ${remains.join(', ')}.`;
  }
  if (observation.is === 'healed') {
    const outlived = observation.readable.find((caseId) => ghost.certified.has(caseId));
    return outlived === undefined
      ? null
      : `Something of ${outlived} can be read after its destruction.`;
  }
  const { caseId, what } = observation;
  return ghost.certified.has(caseId)
    ? `${what} was stored for ${caseId} after its destruction.`
    : null;
}

/** Nothing is released into a case that is being resolved. */
export function nothingComesLate({ caseId, what }: Of<'stored'>, ghost: Ghost): string | null {
  // A file that a straggler leaves is what the search after the destruction is for.
  const isRelease = what !== 'temporary file' && ghost.decided.has(caseId);
  return isRelease ? `A ${what} was stored for ${caseId}, which is being resolved.` : null;
}

/** A destruction once begun completes, whatever crashes in between. */
export function destructionCompletes({ unfinished }: Of<'healed'>): string | null {
  return unfinished.length === 0
    ? null
    : `The destruction of ${unfinished.join(', ')} was decided and never completed.`;
}

/** A case is not resolved while a session of it is in use, and once it is resolving, nothing of it is used. */
export function noCaseIsResolvedInUse(
  observation: Of<'resolving-allowed'> | Of<'desk-acted'>,
  ghost: Ghost,
): string | null {
  const { caseId } = observation;
  if (observation.is === 'resolving-allowed') {
    return observation.inUse ? `${caseId} is resolved while its session is in use.` : null;
  }
  if (observation.isDecision === true || !ghost.decided.has(caseId)) return null;
  return `"${observation.entry}" is used, and ${caseId} is being resolved.`;
}

/** Every widening act of the gateway has its entry in the ledger before it. */
export function ledgerBeforeAct({ entry }: Of<'desk-acted'>, ghost: Ghost): string | null {
  return ghost.ledger.has(entry)
    ? null
    : `This happened before its entry was in the ledger: ${entry}.`;
}

/** A file has its final name only when it is whole, and is said to be done only then; what has settled stays so. */
export function finalNameIsVerified(
  observation: Of<'placed'> | Of<'moved'>,
  ghost: Ghost,
): string | null {
  const { transfer, content } = observation;
  const isWhole = ghost.wholes.get(transfer)?.has(content) === true;
  if (observation.is === 'placed') {
    return isWhole ? null : `${transfer} stands under its final name with "${content}".`;
  }
  const { from, to } = observation;
  if (from === 'done' || from === 'failed' || from === 'cancelled') {
    return `${transfer} had settled as "${from}" and became "${to}".`;
  }
  if (to !== 'done' || isWhole) return null;
  return `${transfer} is said to be done with "${content}".`;
}

/** A licence code serves one key. */
export function licenceServesOneKey({ key }: Of<'licence-served'>, ghost: Ghost): string | null {
  return ghost.licenceKey === null || ghost.licenceKey === key
    ? null
    : 'A licence code that was used for one key was honoured for another.';
}
