/** Routes of the workstation itself: how it is licensed, and how it gets and renews its certificates. */
import {
  connectingCertificate,
  connectingKey,
  ownWorkstation,
  signingKey,
  signingLicence,
  WORKSTATION_REQUEST_BYTES_MAX,
  workstationEnrolment,
  workstationLicence,
} from '@chaperone/protocol/console-api/workstation.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { workstationPeerOf } from './workstation-gate.ts';

/** Whoever asks here may be anybody. */
const SMALL = { bodyLimit: WORKSTATION_REQUEST_BYTES_MAX } as const;

export function workstationRoutes(
  server: ConsoleServer,
  { workstations, postures }: DeskFeatures,
): void {
  server.post(
    '/api/workstation/enrol',
    { ...SMALL, schema: { body: workstationEnrolment, response: { 200: workstationLicence } } },
    async ({ body, ip }) => await workstations.enrol(body, ip),
  );

  server.post(
    '/api/workstation/certificate',
    { ...SMALL, schema: { body: connectingKey, response: { 200: connectingCertificate } } },
    async (request) => await workstations.certify(workstationPeerOf(request), request.body),
  );

  server.post(
    '/api/workstation/signing-key',
    { ...SMALL, schema: { body: signingKey, response: { 200: signingLicence } } },
    async (request) =>
      await workstations.certifySigningKey(workstationPeerOf(request), request.body),
  );

  server.get(
    '/api/workstation',
    { schema: { response: { 200: ownWorkstation } } },
    async (request) => {
      const peer = workstationPeerOf(request);
      const posture = await postures.ownSentencesOf(peer.workstationId);
      return { ...(await workstations.own(peer)), posture };
    },
  );
}
