import type { CompiledConnector } from '../language/compile-connector.ts';
import type { Step } from '../language/operation.ts';

/** What a core behind a connector can do (`CoreCapabilities` of mojaloop-connector): it follows from the connector, and nobody declares it. */
export interface ConnectorCapabilities {
  readonly atPrepare: 'reserve' | 'credit';
  readonly transferRepeatable: true;
  readonly notificationRepeatable: true;
  readonly transferAskable: true;
  readonly repeatKeepsRefusals: true;
  readonly notificationReadsState: true;
  readonly emptyAnswerIsOk: true;
  readonly quietMs: number;
  /** Time that a transfer needs at least: a prepare that leaves less is refused. */
  readonly minimumMs: number;
}

/**
 * Every call may be repeated and asked about, because what moves money goes through a record that joins it. That a transfer is in no record
 * proves that nothing was begun for it: nothing begins after the deadline of its call, so no quiet time is needed.
 */
export function capabilitiesOf(connector: CompiledConnector): ConnectorCapabilities {
  const credits = [...connector.effects.values()].some(({ kind, operation }) => kind === 'credit' && operation === 'transfer.prepare');
  return {
    atPrepare: credits ? 'credit' : 'reserve',
    transferRepeatable: true,
    notificationRepeatable: true,
    transferAskable: true,
    repeatKeepsRefusals: true,
    notificationReadsState: true,
    emptyAnswerIsOk: true,
    quietMs: 0,
    minimumMs:
      Math.max(1, ...connector.operations.filter(({ name }) => name === 'transfer.prepare').map(({ steps }) => calls(connector, steps))) *
      CALL_MS,
  };
}

/** Time that a hold of our customer's money needs at least: a price that leaves less is not accepted. */
export function sendMinimumMs(connector: CompiledConnector): number {
  return (
    Math.max(1, ...connector.operations.filter(({ name }) => name === 'send.hold').map(({ steps }) => calls(connector, steps))) * CALL_MS
  );
}

/** Does it have the operations of a payment of our own customer? */
export function makesPayments(connector: CompiledConnector): boolean {
  return connector.operations.some(({ name }) => name === 'send.hold');
}

/** A call is not begun with less time than this. */
const CALL_MS = 500;

/** The most calls, one after another, on the way through some steps. */
function calls(connector: CompiledConnector, steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + callsOf(connector, step), 0);
}

function callsOf(connector: CompiledConnector, step: Step): number {
  switch (step.kind) {
    case 'call':
    case 'money':
      return 1;
    case 'choose':
      return Math.max(0, ...step.branches.map(({ steps }) => calls(connector, steps)));
    case 'use':
      return calls(connector, connector.routes.get(step.route)?.steps ?? []);
    default:
      return 0;
  }
}
