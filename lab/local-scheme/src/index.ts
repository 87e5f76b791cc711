export { coreByConnector, type ReachedBy, readConnectors, templateFolder } from './connector-core.ts';
export { type ManagerProcess, type ManagerProcessOptions, startManagerProcess } from './manager-process.ts';
export { forgetRunning, writeRunning } from './note-running.ts';
export type { Lack } from './onboarding-watch.ts';
export { type OwnCore, readOwnCores } from './own-core.ts';
export { freePort, type SandboxPorts, sandboxPorts } from './sandbox-ports.ts';
export { type SandboxPostgres, startSandboxPostgres } from './sandbox-postgres.ts';
export { type OnboardingProgress, type Sandbox, type SandboxOptions, startSandbox } from './start-sandbox.ts';
