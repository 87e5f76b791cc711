import type { CompiledConnector } from '../language/compile-connector.ts';

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
  };
}
