/** How a cart asks its gateway for a later policy of its facility, and says which one it has. The gateway only carries both. */
import {
  FACILITY_POLICY_PATHS,
  waitingPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-service.ts';
import { POLICY_CHARACTERS_MAX } from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { askGateway } from '../gateway-question/gateway-question.ts';
import type { RoadCredentials } from '../gateway-question/gateway-question.ts';
import type { RoadSettings } from '../road/road.ts';

const ANSWER_CHARACTERS_MAX = POLICY_CHARACTERS_MAX + 4096;

export interface PolicyRoad {
  readonly settings: RoadSettings;
  readonly credentials: RoadCredentials;
  readonly signal: AbortSignal;
}

/** Asks for a policy above a version; null when the gateway has none. @throws what the road throws, and an Error for what is no answer */
export async function askForPolicy(above: number, road: PolicyRoad): Promise<string | null> {
  const { status, body } = await askGateway(
    {
      path: `${FACILITY_POLICY_PATHS.policy}?above=${above}`,
      answerCharactersMax: ANSWER_CHARACTERS_MAX,
    },
    road.settings,
    road.credentials,
    road.signal,
  );
  // A gateway of an earlier version has no such address.
  if (status === 404) return null;
  if (status !== 200) throw new Error(`The gateway answered ${status}.`);
  return waitingPolicy.parse(JSON.parse(body)).policy;
}

/** Sends a receipt. @throws as {@link askForPolicy} */
export async function sendPolicyReceipt(receipt: string, road: PolicyRoad): Promise<void> {
  const { status } = await askGateway(
    {
      path: FACILITY_POLICY_PATHS.receipt,
      body: JSON.stringify({ receipt }),
      answerCharactersMax: ANSWER_CHARACTERS_MAX,
    },
    road.settings,
    road.credentials,
    road.signal,
  );
  if (status !== 200 && status !== 404) throw new Error(`The gateway answered ${status}.`);
}
