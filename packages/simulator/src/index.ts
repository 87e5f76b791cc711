export type { Rule, Violation } from './check/violation.ts';
export { type RunOptions, type RunResult, run } from './run.ts';
export { type Shrunk, shrink } from './shrink.ts';
export { type FoundViolation, type SimulateOptions, type SimulationReport, simulate } from './simulate.ts';
export { type SimulateArguments, simulateCommand } from './simulate-command.ts';
