/** `commissioning`: how far a cart is at its place. */
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import type { Command } from './call.ts';
import { readState } from './state.ts';

export const commissioningCommand: Command = {
  name: 'commissioning',
  usage: ['say how far this cart is: licence, network, gateway, validation, report'],
  options: {},
  async run({ ask, output }) {
    const state = readState(await ask({ act: 'state' }));
    const { enrolment, gateway, proxy, validation, report } = state;
    const failed = validation?.steps.filter(({ result }) => result === 'failed') ?? [];
    output.result(state, [
      `${state.cart.serial}: ${enrolment === null ? 'not enrolled' : `enrolled, certificate ${enrolment.certificateSerial} until ${dayOf(enrolment.certificateNotAfterUtcMs)}`}${state.isPrestaged ? '; a licence waits' : ''}`,
      `Gateway: ${gateway === null ? 'none' : `${gateway.host}:${gateway.port}`}; proxy: ${proxy.address ?? 'none'}`,
      ...(enrolment === null || enrolment.renewalFailure === null
        ? []
        : [`The certificate could not be renewed: ${enrolment.renewalFailure}`]),
      validation === null
        ? 'Not validated since the last change.'
        : failed.length > 0
          ? `Validation failed: ${failed.map(({ finding }) => finding).join(', ')}`
          : validationWords(validation),
      report === null
        ? 'Not accepted.'
        : `${report.accepted ? 'Accepted' : 'Signed, and not accepted,'} ${dayOf(report.signedUtcMs)}: ${report.id}`,
    ]);
    return 0;
  },
};

function validationWords({ running, accepted }: NonNullable<EngineerState['validation']>): string {
  if (running) return 'Being validated.';
  return accepted
    ? 'Validated.'
    : 'Not validated to the end: certificate, licence and tunnel are what counts.';
}

function dayOf(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
