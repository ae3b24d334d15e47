/** Every system that this version cannot examine: nothing about it is known. */
import type { SystemKind } from '../contract.ts';

export const unsupported: SystemKind = {
  isOf: async () => true,
  read: async () => ({
    system: 'unsupported',
    antivirusDefinitionsUtcMs: null,
    updatesKnownUtcMs: null,
    securityUpdatesPending: null,
    upgradedUtcMs: null,
    rebootRequiredSinceUtcMs: null,
  }),
};
