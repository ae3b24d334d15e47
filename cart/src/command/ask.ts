/**
 * How a command reaches commissioning: the agent that runs on the data directory does it, over its socket; when none runs, this
 * process holds the directory and does it itself. Either way there is one who changes things.
 */
import { randomBytes } from 'node:crypto';
import { DataDirectoryInUse } from '../platform/database/data-directory-lock.ts';
import { askedThere } from '../commissioning/commissioning.ts';
import type { CommissioningRequest } from '../commissioning/commissioning.ts';
import { holdDataDirectory, openCommissioning, SOFTWARE } from '../composition.ts';
import type { OpenCommissioning } from '../composition.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { systemClock } from '../platform/clock.ts';
import { openLog } from '../platform/log.ts';

/** Asks once. @throws what the request is refused with, DataDirectoryInUse by something that is no agent */
export async function askCommissioning(
  configuration: CartConfiguration,
  request: CommissioningRequest,
  onStep: (step: unknown) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const { dataDirectory } = configuration;
  const lock = await holdDataDirectory(dataDirectory).catch((fault: unknown) => {
    if (fault instanceof DataDirectoryInUse) return fault;
    throw fault;
  });
  if (lock instanceof DataDirectoryInUse) {
    const running = await askedThere(dataDirectory);
    if (running === null) throw lock;
    return running.perform(request, onStep, signal);
  }
  try {
    const { asked, close } = await openAlone(configuration);
    try {
      return await asked.perform(request, onStep, signal);
    } finally {
      await close();
    }
  } finally {
    lock.release();
  }
}

async function openAlone(configuration: CartConfiguration): Promise<OpenCommissioning> {
  return await openCommissioning(configuration, {
    software: SOFTWARE,
    clock: systemClock(),
    randomBytes,
    log: openLog('error'),
    service: () => null,
  });
}
