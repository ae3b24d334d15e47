/** Every bench there is, in the order in which they are listed. Add a row to add one. */
import type { Bench } from './bench.ts';
import { commissionBench } from './commission/commission.ts';
import { filesBench } from './files/files.ts';
import { gateTimingBench } from './gate-timing.ts';
import { interlockBench } from './interlock/interlock.ts';
import { ledgerBench } from './ledger/ledger.ts';
import { killBench } from './kill.ts';
import { screenBench } from './screen/screen.ts';
import { signInBench } from './sign-in/sign-in.ts';
import { startBench } from './start/start.ts';
import { tunnelBench } from './tunnel/tunnel.ts';
import { vaultBench } from './vault/vault.ts';

export const BENCHES: readonly Bench[] = [
  tunnelBench,
  filesBench,
  screenBench,
  vaultBench,
  startBench,
  signInBench,
  killBench,
  gateTimingBench,
  commissionBench,
  ledgerBench,
  interlockBench,
];
