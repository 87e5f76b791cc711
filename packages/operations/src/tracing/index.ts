export { configuredTracing } from './configured.ts';
export { type RunningTracing, startTracing } from './exporter.ts';
