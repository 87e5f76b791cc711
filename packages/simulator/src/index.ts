export { type RunOptions, type RunResult, run } from './run.ts';
