/**
 * Which roles somebody has now: those that the directory gives and the account allows. Either can take one away, neither
 * can give one alone; an account without a list of its own allows whatever the directory says.
 */
import { ROLES } from '../../directory/contract.ts';
import type { Role } from '../../directory/contract.ts';

export function rolesInForce(
  ofDirectory: readonly Role[],
  ofAccount: readonly Role[] | null,
): readonly Role[] {
  if (ofAccount === null) return ofDirectory;
  return ofDirectory.filter((role) => ofAccount.includes(role));
}

/** Reads a stored list. What is damaged gives no role. */
export function readRoles(text: string): readonly Role[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? ROLES.filter((role) => read.includes(role)) : [];
  } catch {
    return [];
  }
}
