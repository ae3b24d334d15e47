/** Ties commissioning to the features behind it: for the running agent, and for a command while none runs. */
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import { LICENCE_FEATURES } from '@chaperone/domain/licence/licence-terms.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { Acceptance } from '../acceptance/acceptance.ts';
import { askedHere, Commissioning } from '../commissioning/commissioning.ts';
import type {
  Asked,
  LicencePart,
  NetworkPart,
  ValidatePart,
} from '../commissioning/commissioning.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { EngineerAccess } from '../engineer/engineer.ts';
import type { FacilityPolicyInForce } from '../facility-policy/facility-policy.ts';
import {
  dropWaitingLicence,
  enrol,
  keepWaitingLicence,
  readWaitingLicence,
} from '../licence/licence.ts';
import type { CartIdentity } from '../licence/licence.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { validate } from '../validation/validation.ts';
import { acceptancePart, openAcceptance } from './acceptance-part.ts';
import { gatewaySought } from './gateway-sought.ts';
import { ledgerDiverged } from './ledger-diverged.ts';
import { linkSights } from './link-sights.ts';
import { openFacilityPolicy } from './facility-policy-part.ts';
import { recordFacts } from './record-facts.ts';
import { openNetwork } from './network-part.ts';
import type { NetworkSurroundings } from './network-part.ts';
import { heldIdentity } from './service.ts';
import type { Service } from './service.ts';

export interface CommissioningSurroundings extends Pick<NetworkSurroundings, 'networkManager'> {
  readonly software: string;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
  /** Null: the cart is not enrolled, or no agent runs. */
  readonly service: () => Service | null;
  /** Absent where no agent runs: then it is opened from the disk. */
  readonly policy?: FacilityPolicyInForce;
  /** Absent where no agent runs: then the journal is opened for what has to be in it. */
  readonly onEnrolled?: () => Promise<void>;
}

export interface OpenCommissioning {
  readonly commissioning: Commissioning;
  readonly engineer: EngineerAccess;
  readonly asked: Asked;
  readonly acceptance: Acceptance;
  /** Takes back what is being tried. */
  close(): Promise<void>;
}

/** @throws SiteSettingsDamaged */
export async function openCommissioning(
  configuration: CartConfiguration,
  surroundings: CommissioningSurroundings,
): Promise<OpenCommissioning> {
  const { dataDirectory, cart, gateway } = configuration;
  const { clock, service, software } = surroundings;
  const { host, port, serverName, rootFingerprint = null } = gateway;
  const record = (facts: readonly JournalFact[]): Promise<void> =>
    recordFacts(configuration, surroundings, facts);
  const identity = async (): Promise<CartIdentity | null> =>
    service()?.identity ?? (await heldIdentity(configuration));
  const { randomBytes, log } = surroundings;
  const acceptance = openAcceptance(configuration, {
    ...{ clock, software, randomBytes, log, identity, record },
  });
  const network = openNetwork(configuration, { ...surroundings, record });
  const commissioning = await Commissioning.open({
    dataDirectory,
    cart: { ...cart, software },
    configured: { gateway: { host, port, serverName }, rootFingerprint },
    clock,
    network: network.part,
    licence: licencePart(configuration, service),
    validate: validatePart(configuration, clock, network.part),
    acceptance: acceptancePart(acceptance, identity),
    ledgerDiverged: () => ledgerDiverged(dataDirectory, service()?.evidence ?? null, log),
    isSessionUnderWay: () => {
      const phase = service()?.session.state.phase ?? 'idle';
      return phase !== 'idle' && phase !== 'ended';
    },
    record,
    onEnrolled: async (certificateSerial) => {
      if (surroundings.onEnrolled) await surroundings.onEnrolled();
      else await record([{ kind: 'enrolled', certificateSerial }]);
    },
  });
  const engineer = new EngineerAccess({
    dataDirectory,
    randomBytes: surroundings.randomBytes,
    monotonicMs: () => clock.monotonicMs(),
    recordOpening: () => record([{ kind: 'engineer-opened' }]),
  });
  const facility = surroundings.policy ?? (await openFacilityPolicy(configuration, surroundings));
  const asked = askedHere(commissioning, engineer, facility);
  return { commissioning, engineer, acceptance, asked, close: network.close };
}

function licencePart(
  configuration: CartConfiguration,
  service: CommissioningSurroundings['service'],
): LicencePart {
  const { dataDirectory: directory, cart } = configuration;
  return {
    enrolment: async () => {
      const identity = await heldIdentity(configuration);
      if (identity === null) return null;
      const { certificateSerialHex, notBeforeMs, notAfterMs } = identity;
      return {
        certificateSerial: certificateSerialHex,
        certificateNotAfterUtcMs: notAfterMs,
        renewalDueUtcMs: notAfterMs - (notAfterMs - notBeforeMs) / 3,
        renewalFailure: service()?.renewal().failure ?? null,
        licence: shownTerms(identity),
      };
    },
    waiting: () => readWaitingLicence(directory),
    keepWaiting: (licence) => keepWaitingLicence(directory, licence),
    dropWaiting: () => dropWaitingLicence(directory),
    redeem: async ({ licence, site, replace, signal, onSending, onGranted }) => {
      const identity = await enrol({
        directory,
        gateway: site.gateway,
        proxy: site.proxy,
        serial: cart.serial,
        licenceCode: licence.code,
        rootFingerprint: licence.rootFingerprint,
        licence: licence.licence,
        anchors: licence.anchors ?? null,
        replace,
        signal,
        onSending,
        onGranted,
      });
      return { serial: identity.serial, certificateSerial: identity.certificateSerialHex };
    },
  };
}

/** A cart that was enrolled by a gateway of an earlier version may do everything. */
function shownTerms({ licence }: CartIdentity) {
  if (licence === null) return { id: '', features: [...LICENCE_FEATURES], validUntilUtcMs: null };
  const { id, features, validUntilUtcMs } = licence;
  return { id: String(id), features: [...features], validUntilUtcMs };
}

function validatePart(
  configuration: CartConfiguration,
  clock: Clock,
  network: NetworkPart,
): ValidatePart {
  return async ({ site, idleSeconds, onStep, signal }) => {
    const { gateway, ...known } = await gatewaySought(configuration, site.gateway);
    return await validate(
      {
        ...known,
        road: { gateway, proxy: site.proxy },
        idleSeconds,
        links: linkSights(network),
        utcMs: () => clock.utcMs(),
        monotonicMs: () => clock.monotonicMs(),
      },
      onStep,
      signal,
    );
  };
}
