import type { Append, Attention } from '@payment-manager/journal';
import { type ConnectorSettings, flows } from '@payment-manager/mojaloop-connector';

export type PayerRecord = { readonly kind: 'payer'; readonly state: flows.PayerState };
export type PayeeRecord = { readonly kind: 'payee'; readonly state: flows.PayeeState };
/** A record as the durable events make it. */
export type DurableRecord = (PayerRecord | PayeeRecord) & {
  readonly recordId: string;
  readonly version: number;
  readonly open: boolean;
  readonly attention: readonly Attention[];
};

/** What is durable in one DFSP's journal, folded by the product's own flows. What the process thinks besides does not count. */
export interface DurableRecords {
  /** Takes an append that has become durable; answers the record before and after it. */
  append(append: Append): { readonly before: DurableRecord | undefined; readonly after: DurableRecord };
  get(recordId: string): DurableRecord | undefined;
  payer(transferId: string): flows.PayerState | undefined;
  payeeOfTransfer(transferId: string): (DurableRecord & PayeeRecord) | undefined;
  payeeOfQuote(source: string, quoteId: string): (DurableRecord & PayeeRecord) | undefined;
  payeeOfCondition(condition: string): (DurableRecord & PayeeRecord) | undefined;
  payerOfQuote(quoteId: string): flows.PayerState | undefined;
  all(): Iterable<DurableRecord>;
  /** What the world is owed for a record, as the flow says. */
  owed(record: DurableRecord): readonly flows.Action[];
}

/** Nothing is durable yet. */
export function durableRecords(settings: ConnectorSettings): DurableRecords {
  const payerFlow = flows.payerFlow(settings);
  const payeeFlow = flows.payeeFlow(settings);
  const records = new Map<string, DurableRecord>();
  const claims = new Map<string, string>();
  const claimed = (claim: { kind: string; scope: string; value: string }): DurableRecord | undefined =>
    records.get(claims.get(`${claim.kind} ${claim.scope} ${claim.value}`) ?? '');
  const payee = (record: DurableRecord | undefined) => (record?.kind === 'payee' ? record : undefined);
  const payer = (record: DurableRecord | undefined) => (record?.kind === 'payer' ? record.state : undefined);
  return {
    append(append) {
      const before = records.get(append.recordId);
      const { recordId, open, attention } = append;
      const base = { recordId, open, attention, version: append.expectedVersion + append.events.length };
      const after: DurableRecord =
        append.kind === 'payer'
          ? { ...base, kind: 'payer', state: fold(payerFlow, payer(before), append) }
          : { ...base, kind: 'payee', state: fold(payeeFlow, payee(before)?.state, append) };
      records.set(recordId, after);
      for (const { kind, scope, value } of append.claims ?? []) claims.set(`${kind} ${scope} ${value}`, recordId);
      return { before, after };
    },
    get: (recordId) => records.get(recordId),
    payer: (transferId) => payer(records.get(transferId)),
    payeeOfTransfer: (transferId) => payee(claimed(flows.payeeTransferClaim(transferId))),
    payeeOfQuote: (source, quoteId) => payee(claimed(flows.payeeQuoteClaim(source, quoteId))),
    payeeOfCondition: (condition) => payee(claimed(flows.conditionClaim(condition))),
    payerOfQuote: (quoteId) => payer(claimed(flows.payerQuoteClaim(quoteId))),
    all: () => records.values(),
    owed: (record) => (record.kind === 'payer' ? payerFlow.owed(record.state) : payeeFlow.owed(record.state)),
  };
}

/** Stored events come back as JSON: what is not in the text is not in the state. */
function fold<S, E>(flow: { apply(state: S | undefined, event: E): S }, before: S | undefined, append: Append): S {
  let state = before;
  for (const event of append.events) state = flow.apply(state, JSON.parse(JSON.stringify(event)) as E);
  if (state === undefined) throw new Error(`record ${append.recordId} has no events`);
  return state;
}
