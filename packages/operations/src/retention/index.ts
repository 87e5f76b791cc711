export * from './export-file.ts';
export * from './prune-records.ts';
export * from './remove-exported.ts';
