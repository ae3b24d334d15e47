/**
 * The service centre's policy on patient data, as it comes with this cart's configuration: it is there before anything is connected.
 * One that cannot be used keeps the agent from starting.
 */
import { DEMO_PHI_POLICY } from '@chaperone/domain/phi-policy/phi-policy.ts';
import type { PHIPolicy } from '@chaperone/domain/phi-policy/phi-policy.ts';
import {
  PHI_POLICY_BYTES_MAX,
  PHIPolicyMalformed,
  readPHIPolicy,
} from '@chaperone/protocol/phi-policy/phi-policy-document.ts';
import { readSmallText } from '../platform/small-input.ts';
import { ConfigurationInvalid } from '../configuration/configuration.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';

export interface HeldPHIPolicy {
  readonly url: string;
  /** Null where only the address is known. */
  readonly policy: PHIPolicy | null;
}

/** @throws ConfigurationInvalid */
export async function loadPHIPolicy({
  serviceCentre,
  demo,
}: Pick<CartConfiguration, 'serviceCentre' | 'demo'>): Promise<HeldPHIPolicy> {
  const { phiPolicyUrl: url, phiPolicyFile: file } = serviceCentre;
  if (file === undefined) return { url, policy: demo ? DEMO_PHI_POLICY : null };
  const text = await readSmallText(file, PHI_POLICY_BYTES_MAX).catch((cause: unknown) => {
    throw new ConfigurationInvalid(`The file ${file} cannot be read.`, { cause });
  });
  if (text === null) throw new ConfigurationInvalid(`The file ${file} is far too long.`);
  try {
    return { url, policy: readPHIPolicy(text) };
  } catch (cause) {
    if (!(cause instanceof PHIPolicyMalformed)) throw cause;
    throw new ConfigurationInvalid(`${file}: ${cause.message}`, { cause });
  }
}
