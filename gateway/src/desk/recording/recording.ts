/** The door of recordings: what a technician is shown of a cart's screen becomes a record of the case (decision 0052). */
export { ScreenNotRecordable } from './recording-error.ts';
export { Recordings } from './recordings.ts';
export type { RecordedScreen, RecordingSettings } from './recordings.ts';
export { RECORDING_MIGRATIONS } from './tables.ts';
