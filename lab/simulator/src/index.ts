export type { Rule, Violation } from './check/violation.ts';
export type { Exploration } from './explore/explore.ts';
export { type Broken, explorations, type Planned, type Selection } from './explore/explore-all.ts';
export { type ExploreArguments, exploreCommand } from './explore-command.ts';
export { type RunOptions, type RunResult, run } from './run.ts';
export { type Shrunk, shrink } from './shrink.ts';
export { type FoundViolation, type SimulateOptions, type SimulationReport, simulate } from './simulate.ts';
export { type SimulateArguments, simulateCommand } from './simulate-command.ts';
export { simulateInParallel } from './simulate-parallel.ts';
