/** The desk's part of the quarantine: what takes each record to the scanner, and what becomes of it. */
export { RecordScans } from './record-scans.ts';
export type { Scanning } from './record-scans.ts';
export { RecordReleased } from './quarantine-error.ts';
