/** The fence of a gateway that has a standby: a second whole gateway on the same database and data directory. */
import { hostname } from 'node:os';
import type { GatewayFenced } from '@chaperone/domain/fence/fence.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import type { DatabaseLocation } from '../platform/database/database.ts';
import { takeFence } from '../platform/fence/fence.ts';
import type { Fence } from '../platform/fence/fence.ts';
import type { Log } from '../platform/log/log.ts';

/** Another exit code than that of a failure: a supervisor starts it again, and it waits. */
const FENCED_EXIT_CODE = 3;

export interface StandbyTold {
  /** Told when another gateway is waited for; without it, nobody waits. */
  readonly onStandby?: (holder: string) => void;
  /** Told when another gateway took over; ends the process without it. */
  readonly onFenced?: (fault: GatewayFenced) => void;
}

/** Takes the fence where a standby is configured. @throws GatewayFenced when it is held and nobody waits */
export async function takeGatewayFence(
  { standby }: Configuration,
  location: DatabaseLocation,
  { onStandby, onFenced }: StandbyTold,
  log: Log,
): Promise<Fence | null> {
  if (standby === undefined || location.kind !== 'postgresql') return null;
  return await takeFence({
    location: { ...location, connectionsMax: 2 },
    who: `${hostname()}, process ${process.pid}`,
    leaseMs: standby.leaseMs,
    ...(onStandby === undefined ? {} : { onWaiting: onStandby }),
    onLost: onFenced ?? ((fault) => endFenced(log, fault)),
  });
}

/** Says the epoch on each connection. */
export function fencedLocation(location: DatabaseLocation, fence: Fence | null): DatabaseLocation {
  return fence === null || location.kind !== 'postgresql'
    ? location
    : { ...location, epoch: fence.epoch };
}

/** Nothing is put in order: whatever this process would still do belongs to another now. */
function endFenced(log: Log, fault: GatewayFenced): void {
  log.fatal({ err: fault }, 'another gateway is the active one: this one ends');
  process.stderr.write(`${fault.message}\n`);
  process.exit(FENCED_EXIT_CODE);
}
