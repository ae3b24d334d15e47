/**
 * Goal: retiring a cart ends what it has open within 5 s, its session and its connections of enrolment alike, and it gets no
 * certificate any more. Method: the real programs and an operator's real session; the retirement by the command line; the cart's
 * own renewal afterwards, with the identity on its disk.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import tls from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { test } from 'node:test';
import { EnrolmentRefused, loadIdentity, renew } from '@chaperone/cart/licence/licence.ts';
import { EST_ALPN, EST_PATHS } from '@chaperone/protocol/est/est.ts';
import { call } from '../../tools/demo/program.ts';
import { SERIAL, startDay } from '../scenario/day.ts';

/** docs/protocol.md, section 2. */
const WITHIN_MS = 5_000;

test('a retired cart: the session ends within 5 s, so do its connections of enrolment, and renewal is refused', async () => {
  await using day = await startDay();
  const { technician, operator, opened, system, road } = day;
  await day.openSession(['view']);
  const viewer = await technician.openScreen(opened.id);
  await viewer.nextFrames(1);
  const identity = await loadIdentity(system.cartData);
  const est = tls.connect({
    ...{ host: '127.0.0.1', port: road.port, servername: 'localhost' },
    ...{ ca: identity.cartRootPem, cert: identity.certificatePem, key: identity.keyPem },
    ...{ minVersion: 'TLSv1.3', ALPNProtocols: [EST_ALPN] },
  });
  await once(est, 'secureConnect');
  equal(await ask(est), 200);

  const config = ['--config', system.gatewayConfiguration];
  const retire = ['licence', 'retire', '--serial', SERIAL, '--reason', 'it was stolen'];
  await call('gateway', [...retire, ...config]);
  const signal = AbortSignal.timeout(WITHIN_MS);
  const late = once(signal, 'abort').then(() => 'late');
  const ended = Promise.all([viewer.closed, est.destroyed ? null : once(est, 'close')]);
  ok((await Promise.race([ended, late])) !== 'late', 'it takes more than 5 s');

  // The cart dials again as after any lost connection, is refused, asks whether that is meant, and ends the session long before its lease.
  const { ended: end, dialFailure } = await operator.viewWhen(
    'the end',
    ({ ended }) => ended !== null,
  );
  deepEqual([end?.reason, dialFailure], ['gateway-refused', 'CART_REFUSED']);
  await rejects(
    renew({
      directory: system.cartData,
      gateway: { host: '127.0.0.1', port: road.port, serverName: 'localhost' },
      proxy: { kind: 'none' },
      signal: AbortSignal.timeout(20_000),
    }),
    (fault) => fault instanceof EnrolmentRefused && fault.gatewayCode === 'CART_REFUSED',
  );
  equal((await loadIdentity(system.cartData)).certificateSerialHex, identity.certificateSerialHex);
});

/** Asks something over a connection that stays open afterwards. @returns the status */
async function ask(socket: TLSSocket): Promise<number> {
  socket.on('error', () => undefined);
  socket.write(`GET ${EST_PATHS.csrattrs} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  return Number(first.toString('latin1').split(' ')[1]);
}
