/** Every bench there is, in the order in which they are listed. Add a row to add one. */
import type { Bench } from './bench.ts';
import { commissionBench } from './commission/commission.ts';
import { filesBench } from './files/files.ts';
import { gateTimingBench } from './gate-timing.ts';
import { killBench } from './kill.ts';
import { signInBench } from './sign-in/sign-in.ts';
import { startBench } from './start/start.ts';
import { tunnelBench } from './tunnel/tunnel.ts';

export const BENCHES: readonly Bench[] = [
  tunnelBench,
  filesBench,
  startBench,
  signInBench,
  killBench,
  gateTimingBench,
  commissionBench,
];
