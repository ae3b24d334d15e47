/** The door of exports: copies of records that leave the console, who may take them, and what is owed for them. */
export { EXPORT_MIGRATIONS } from './tables.ts';
export { RecordExports } from './record-exports.ts';
export type { ToldExport, ToldExportPermission } from './record-exports.ts';
