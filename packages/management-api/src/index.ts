export { APPROVED_ACTIONS, type ApprovedAction } from './approvals/approved-actions.ts';
export type { AuditProof } from './audit/verify-chain.ts';
export { managementSocket } from './management-socket.ts';
export type { Asked, StatementSource } from './reconciliation/statement-source.ts';
export type * from './routes/deps.ts';
export { notNow, Problem } from './server/problem.ts';
export { type ManagementOptions, type RunningManagement, startManagement } from './start-management.ts';
