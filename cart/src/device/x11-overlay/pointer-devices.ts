/**
 * Which input devices of a display are real: what somebody who stands at the cart can touch.
 *
 * X marks what a program injects with a device of its own for each pointer, whose name ends in "XTEST pointer"; RFB
 * servers inject through that. The list says who may, not who may not: a device that appeared since it was made does
 * not count before it is made anew.
 */
import type { XInputDevice } from 'x11';

/** XI2: a pointing device, attached to a pointer or by itself. Touchscreens are such. */
const SLAVE_POINTER = 3;
const FLOATING_SLAVE = 5;
const SLAVE_KEYBOARD = 4;
const INJECTING = /XTEST/i;

/**
 * Lists the ids of real pointing devices.
 * @param named the only ones that count; null: all that are no injecting one
 */
export function realDevices(
  devices: readonly XInputDevice[],
  named: readonly string[] | null,
): ReadonlySet<number> {
  return idsOf(devices, named, [SLAVE_POINTER, FLOATING_SLAVE]);
}

/** Lists the ids of what somebody can have in their hands: keyboards, too. @param named as above */
export function devicesInHand(
  devices: readonly XInputDevice[],
  named: readonly string[] | null,
): ReadonlySet<number> {
  return idsOf(devices, named, [SLAVE_POINTER, SLAVE_KEYBOARD, FLOATING_SLAVE]);
}

function idsOf(
  devices: readonly XInputDevice[],
  named: readonly string[] | null,
  uses: readonly number[],
): ReadonlySet<number> {
  return new Set(
    devices
      .filter(({ use }) => uses.includes(use))
      .filter(({ name }) => !INJECTING.test(name))
      .filter(({ name }) => named === null || named.includes(name))
      .map(({ deviceId }) => deviceId),
  );
}
