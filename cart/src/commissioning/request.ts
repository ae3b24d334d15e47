/** What a terminal asks of commissioning: the same whether the agent runs or not. How it is said to an agent: `socket-words.ts`. */
import type { AcceptedReport } from '@chaperone/protocol/panel-api/engineer.ts';
import {
  acceptCart,
  applyNetwork,
  proxySettings,
  setGateway,
  startValidation,
} from '@chaperone/protocol/panel-api/engineer.ts';
import { POLICY_CHARACTERS_MAX } from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { z } from 'zod';
import { admitPin } from '../engineer/engineer.ts';
import type { EngineerAccess } from '../engineer/engineer.ts';
import { anchorsFloor } from '../licence/licence.ts';
import type { Commissioning } from './acts.ts';
import type { FacilityPart, SignedReport } from './parts.ts';

export const commissioningRequest = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('state') }),
  z.strictObject({
    act: z.literal('licence'),
    code: z.string().max(200),
    rootFingerprint: z.string().max(200).nullable(),
    gateway: setGateway.nullable(),
    /** Its id, where it came from a file. */
    licence: z.string().max(64).nullable(),
    anchors: anchorsFloor.nullable(),
    replace: z.boolean(),
  }),
  z.strictObject({ act: z.literal('enrol') }),
  z.strictObject({ act: z.literal('gateway'), gateway: setGateway }),
  z.strictObject({ act: z.literal('proxy'), proxy: proxySettings }),
  z.strictObject({ act: z.literal('network'), ...applyNetwork.shape }),
  z.strictObject({ act: z.literal('withdraw') }),
  z.strictObject({ act: z.literal('scan'), interface: z.string().max(15) }),
  z.strictObject({ act: z.literal('validate'), ...startValidation.shape }),
  z.strictObject({ act: z.literal('accept'), ...acceptCart.shape }),
  z.strictObject({ act: z.literal('report') }),
  z.strictObject({ act: z.literal('page') }),
  z.strictObject({ act: z.literal('firewall') }),
  z.strictObject({ act: z.literal('pin'), pin: z.string().max(64) }),
  z.strictObject({
    act: z.literal('facility-key'),
    publicKey: z.string().max(1024),
    fingerprint: z.string().max(200),
  }),
  z.strictObject({ act: z.literal('facility-key-removal') }),
  z.strictObject({
    act: z.literal('facility-policy'),
    policy: z.string().max(POLICY_CHARACTERS_MAX + 64),
  }),
  z.strictObject({ act: z.literal('facility-state') }),
  z.strictObject({
    act: z.literal('approver-pin'),
    approver: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
    pin: z.string().max(64),
  }),
]);
export type CommissioningRequest = z.infer<typeof commissioningRequest>;

/** What a request can be asked of. */
export interface Asked {
  /** @param onStep what goes on, until it settles */
  perform(
    request: CommissioningRequest,
    onStep: (step: unknown) => void,
    signal: AbortSignal,
  ): Promise<unknown>;
}

/** Asks the parts of this process. */
export function askedHere(
  commissioning: Commissioning,
  engineer: EngineerAccess,
  facility: FacilityPart,
): Asked {
  return {
    perform: async (request, onStep, signal) => {
      switch (request.act) {
        case 'state':
          return commissioning.state();
        case 'licence': {
          const { gateway, act: _, ...licence } = request;
          const isEnrolled = await commissioning.enterLicence(
            { ...licence, ...(gateway === null ? {} : { gateway }) },
            signal,
          );
          return { isEnrolled };
        }
        case 'enrol':
          return { isEnrolled: await commissioning.enrolWaiting(signal) };
        case 'gateway':
          return commissioning.setGateway(request.gateway);
        case 'proxy':
          return commissioning.setProxy(request.proxy);
        case 'network':
          return commissioning.applyNetwork(request.interface, request.profile, request.proof);
        case 'withdraw':
          return commissioning.withdrawNetwork();
        case 'scan':
          return commissioning.scan(request.interface);
        case 'validate': {
          const stop = (): void => commissioning.stopValidation();
          signal.addEventListener('abort', stop, { once: true });
          return commissioning
            .validate(request.idleSeconds, onStep)
            .finally(() => signal.removeEventListener('abort', stop));
        }
        case 'accept':
          return acceptedOf(await commissioning.accept(request.facility, request.acceptedBy));
        case 'report':
          return commissioning.report();
        case 'page':
          return commissioning.reportPage();
        case 'firewall':
          return commissioning.firewall();
        case 'pin':
          return engineer.setPin(request.pin);
        case 'facility-key': {
          const { publicKey, fingerprint } = request;
          return commissioning.change(() => facility.setKey(publicKey, fingerprint));
        }
        case 'facility-key-removal':
          return commissioning.change(() => facility.removeKey());
        case 'facility-policy':
          return { version: await commissioning.change(() => facility.install(request.policy)) };
        case 'facility-state':
          return facility.shown;
        case 'approver-pin': {
          admitPin(request.pin);
          return facility.setApproverPin(request.approver, request.pin);
        }
      }
    },
  };
}

/** What is told of a report that was signed: the file itself is asked for by `report`. */
export function acceptedOf({ became, refusal }: SignedReport): AcceptedReport {
  return { became, refusal };
}
