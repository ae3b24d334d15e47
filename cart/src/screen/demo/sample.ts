/** The cine that the demo plays: a real colour-Doppler echo, shipped by the package dicomweb-client (MIT). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readCine, type Cine } from './cine.ts';

const SAMPLE = 'dicomweb-client/testData/US-PAL-8-10x-echo.dcm';

/** Reads the sample. @throws InvalidCine */
export function readSample(): Cine {
  return readCine(readFileSync(createRequire(import.meta.url).resolve(SAMPLE)));
}
