/*
 * What a running Payment Manager needs of this room, and nothing of what only development does (fixtures apart, which a reload runs): it is
 * loaded while somebody waits for the start.
 */
export { openBackEnds } from './back-end/back-ends.ts';
export { Conditions } from './back-end/conditions.ts';
export { callbackRecorder } from './back-end/recorded-callback.ts';
export { type ShownBackEnd, shownBackEnds } from './back-end/shown-back-ends.ts';
export { transferTerms } from './backend-api/transfer-terms.ts';
export { callbacksApi, isCallback } from './door/callbacks.ts';
export { capabilitiesOf, makesPayments } from './door/capabilities.ts';
export { connectorCore } from './door/connector-core.ts';
export { coreDesk } from './door/core-desk.ts';
export { LiveConnector } from './loading/live-connector.ts';
export { CoreRecords } from './record/core-records.ts';
export { journalProofs } from './record/journal-proofs.ts';
export { openSends, type SendsOver, sendsOver } from './send/open-sends.ts';
