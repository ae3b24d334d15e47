/** Reads the service centre's policy on patient data, once, at the start: one that cannot be used keeps the gateway from starting. */
import { DEMO_PHI_POLICY } from '@chaperone/domain/phi-policy/phi-policy.ts';
import {
  PHI_POLICY_BYTES_MAX,
  PHIPolicyMalformed,
  readPHIPolicy,
} from '@chaperone/protocol/phi-policy/phi-policy-document.ts';
import type { ShownPHIPolicy } from '@chaperone/protocol/phi-policy/phi-policy-document.ts';
import { ConfigurationInvalid } from '../platform/configuration/configuration.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { readSmallFile } from '../platform/small-file/small-file.ts';

/** @throws ConfigurationInvalid */
export async function loadPHIPolicy({
  serviceCentre,
  demo,
}: Pick<Configuration, 'serviceCentre' | 'demo'>): Promise<ShownPHIPolicy> {
  const { phiPolicyUrl: url, phiPolicyFile: file } = serviceCentre;
  // A made-up promise is for a demo alone: elsewhere the sentences are the service centre's own, or none.
  if (file === undefined) return { url, policy: demo ? shown(DEMO_PHI_POLICY) : null };
  const refuse = (message: string, cause: unknown): ConfigurationInvalid =>
    new ConfigurationInvalid(file, [{ path: '', message }], { cause });
  const content = await readSmallFile(file, PHI_POLICY_BYTES_MAX).catch((cause: unknown) => {
    throw refuse('the file cannot be read', cause);
  });
  if (content === null) throw refuse('the file is too large to be a policy', null);
  try {
    return { url, policy: shown(readPHIPolicy(content.toString('utf8'))) };
  } catch (cause) {
    if (!(cause instanceof PHIPolicyMalformed)) throw cause;
    throw refuse(cause.message, cause);
  }
}

/** A copy that a schema takes: its lists are not read-only. */
function shown(policy: typeof DEMO_PHI_POLICY): NonNullable<ShownPHIPolicy['policy']> {
  return {
    version: policy.version,
    sentences: policy.sentences.map(({ text, controls }) => ({
      text: { ...text },
      controls: [...controls],
    })),
  };
}
