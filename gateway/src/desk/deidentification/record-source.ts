/** Reads a sealed record where de-identification needs it. */
import type { ByteSource } from '@chaperone/deidentification/source/byte-source.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import type { Vault } from '../../vault/contract.ts';

/** @throws RecordInQuarantine, RecordDamaged, CaseKeyMissing with each reading */
export function recordSource(vault: Vault, { caseId, id, bytes }: CaseRecord): ByteSource {
  return {
    bytes,
    read: async (offset, wanted) => {
      const length = Math.min(wanted, bytes - offset);
      if (length <= 0) return new Uint8Array();
      const content = await vault.content(caseId, id, { offset, length });
      const parts: Uint8Array[] = [];
      for await (const part of content.bytes) parts.push(Uint8Array.from(part));
      return Buffer.concat(parts);
    },
  };
}
