/**
 * The gateway's program with a real scanner, which a demo refuses: everything else is as `gateway run` does it. Where clamd
 * listens stands in a file beside the configuration.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway } from '@chaperone/gateway/composition.ts';
import { loadConfiguration } from '@chaperone/gateway/platform/configuration/configuration.ts';
import { antivirus } from '@chaperone/gateway/platform/configuration/section-antivirus.ts';
import { CLAMD_FILE } from './clamd-file.ts';

/** What clamd looks through is found out with a file of this size: enough for a test's. */
const BYTES_MAX = 8 * 1024 * 1024;

const { values } = parseArgs({ options: { config: { type: 'string' } }, allowPositionals: true });
const file = values.config ?? '';
const socket = await readFile(path.join(path.dirname(file), CLAMD_FILE), 'utf8');
const gateway = await startGateway({
  ...(await loadConfiguration(file)),
  antivirus: antivirus.parse({ kind: 'clamd', socket, bytesMax: BYTES_MAX }),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void gateway.close().then(() => process.exit()));
console.log(JSON.stringify({ console: gateway.consoleUrl, edge: gateway.edgeAddress }));
