export type { BackEndDeps, OpenBackEnds } from './back-end/back-end.ts';
export { openBackEnds } from './back-end/back-ends.ts';
export { Conditions, type ShownCondition } from './back-end/conditions.ts';
export type { OwnTlsInUse } from './back-end/own-tls.ts';
export { SettingMissing } from './back-end/setting.ts';
export { type BackendApiDeps, backendApi, isNewWork, refuseBackend } from './backend-api/backend-api.ts';
export type { CaseResult, Certification } from './certify/certification.ts';
export { certify } from './certify/certify.ts';
export { certifyKills } from './certify/certify-kills.ts';
export { type MockCore, mockCore, NoMockCore } from './certify/mock-core.ts';
export { certifySchema } from './certify/plan-schema.ts';
export { readCandidate } from './certify/read-candidate.ts';
export { jsonReport, junitReport, markdownReport } from './certify/report.ts';
export { JsonInvalid, parseExactJson, writeExactJson } from './codec/json.ts';
export { isCallback } from './door/callbacks.ts';
export { type ConnectorCapabilities, capabilitiesOf, makesPayments } from './door/capabilities.ts';
export { type ConnectorCoreDeps, connectorCore } from './door/connector-core.ts';
export { coreDesk } from './door/core-desk.ts';
export { compileExpression, type Expression } from './expression/compile.ts';
export { Decimal, DecimalInvalid } from './expression/decimal.ts';
export { EvaluationFailed, type Value, type ValueObject } from './expression/value.ts';
export { FolderInvalid, readConnectorFolder, readFixtureFiles } from './fixture/connector-folder.ts';
export { FixtureInvalid, readFixture } from './fixture/fixture.ts';
export { type FixtureRun, runFixture } from './fixture/run-fixture.ts';
export { OpenApiInvalid, readOpenApi } from './importing/openapi.ts';
export { propose as proposeConnector } from './importing/propose.ts';
export { type CompiledConnector, type ConnectorFiles, compileConnector } from './language/compile-connector.ts';
export { type Problem, type ProblemCode, problemLine } from './language/problem.ts';
export { CERTIFIED, keepCertification } from './loading/certified.ts';
export {
  type Observation,
  type OpenGuess,
  openGuesses,
  PROBED,
  type ProbeReport,
  SIGNED_OFF,
  type SignOff,
  signOff,
  signOffs,
} from './loading/guesses.ts';
export { filesVersion } from './loading/kept-version.ts';
export { ConnectorGuesses, ConnectorInvalid, LiveConnector, type LiveConnectorDeps, type Reloaded } from './loading/live-connector.ts';
export { type ConnectorEndpoint, lookAtConnector } from './loading/look-at-connector.ts';
export { settingValues } from './loading/setting-values.ts';
export { ProbeFailed, probe } from './probe/probe.ts';
export { looksLikeProduction, type ProbePlan, readProbePlan } from './probe/probe-plan.ts';
export { coreClaim as recordClaim } from './record/claims.ts';
export { type Asked, CoreRecords, type Known } from './record/core-records.ts';
export { CORE_EXCEPTION_CODES, type CoreEvent, type CoreExceptionCode } from './record/events.ts';
export { journalProofs } from './record/journal-proofs.ts';
export type { EnquiryProofs } from './record/perform.ts';
export type { RunningConnector } from './record/settings.ts';
export { type ConnectorVersion, type ConnectorVersions, oneVersion } from './record/versions.ts';
export type { BackEnds } from './record/walk.ts';
export { connectorReference } from './reference/connector-reference.ts';
export { type Replayed, replay } from './replay/replay.ts';
export { type Said, saidText } from './replay/told.ts';
export { SEND_EXCEPTION_CODES, type SendExceptionCode } from './send/events.ts';
export { inProcessPayments } from './send/in-process-payments.ts';
export { openSends } from './send/open-sends.ts';
export type { NewPayment, Offer, Payments, Seen, Why } from './send/payments.ts';
export { sdkPayments } from './send/sdk-payments.ts';
export { deskWithSends } from './send/send-desk.ts';
export { Sends, type SendsDeps } from './send/sends.ts';
