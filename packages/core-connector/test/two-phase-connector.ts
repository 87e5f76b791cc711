import type { ConnectorFiles } from '../src/language/compile-connector.ts';

/** A core that holds at the prepare, and captures or releases when the hub has decided; its enquiry and its key are both usable. */
export const CONNECTOR = `connector: two-phase
language: "1"
settings:
  baseUrl: { type: url, required: "true" }
  secret: { type: secret }
backends:
  core:
    base: =cfg.baseUrl
errors:
  - when: =status = 422 and body.code = "CLOSED"
    code: "5107"
    message: =body.text
`;

export const PREPARE = `operation: transfer.prepare
steps:
  - call: account
    get: /accounts/{number}
    path: { number: "=quote.to.idValue" }
    notFound: =status = 404
  - check:
      - unless: =account.body.status = "OPEN"
        fail: "5400"
  - let: { owner: "=account.body.owner" }
  - money: payee-hold
    kind: hold
    as: hold
    amount: =$number(quote.payeeReceiveAmount)
    call:
      post: /accounts/{id}/holds
      path: { id: "=account.body.id" }
      headers: { Idempotency-Key: "=key" }
      body: { amount: "=amount", at: "=effect.startedAt", owner: "=owner" }
    ok: =status = 201 and body.account = account.body.id
    refused: =status = 422
    pending: =status = 202
    settle:
      key: { keepsRefusals: "true", keptFor: 24h }
      ask:
        call: { get: "/holds/{key}", path: { key: "=key" } }
        found: =body.id
        account: =body.account = account.body.id
        kind: =body.kind = "HOLD"
        amount: =body.amount
        pending: =body.state = "PENDING"
        absent: =status = 404
        facts: { holdId: "=found" }
        quiet: 60s
    facts: { holdId: "=body.id" }
    expires: 7d
    undo: payee-release
  - reply:
      transferState: RESERVED
      homeTransactionId: =hold.facts.holdId & "/" & owner
`;

export const FINALISE = `operation: transfer.finalise
on: COMMITTED
steps:
  - money: payee-capture
    kind: capture
    of: payee-hold
    amount: =$number(quote.payeeReceiveAmount)
    call: { post: "/holds/{id}/capture", path: { id: "=of.facts.holdId" }, headers: { Idempotency-Key: "=key" } }
    ok: =status = 200
    refused: =status = 422
    settle: { key: { keepsRefusals: "true", keptFor: 24h } }
    instead: payee-suspense
  - money: payee-suspense
    kind: suspense
    amount: =$number(quote.payeeReceiveAmount)
    call: { post: /suspense, headers: { Idempotency-Key: "=key" }, body: { amount: "=amount" } }
    ok: =status = 201
    refused: =status = 422
    settle: { key: { keepsRefusals: "true", keptFor: 24h } }
---
operation: transfer.finalise
on: ABORTED
steps:
  - money: payee-release
    kind: release
    of: payee-hold
    call: { post: "/holds/{id}/release", path: { id: "=of.facts.holdId" }, headers: { Idempotency-Key: "=key" } }
    ok: =status = 200
    refused: =status = 422
    settle: { key: { keepsRefusals: "true", keptFor: 24h } }
`;

/** The files of the connector, with some replaced. */
export function twoPhaseConnector(
  changed: { readonly connector?: string; readonly prepare?: string; readonly finalise?: string; readonly more?: readonly string[] } = {},
): ConnectorFiles {
  return {
    connector: changed.connector ?? CONNECTOR,
    operations: new Map([
      ['operations/transfer.prepare.yaml', changed.prepare ?? PREPARE],
      ['operations/transfer.finalise.yaml', changed.finalise ?? FINALISE],
      ...(changed.more ?? []).map((text, index) => [`operations/more-${index}.yaml`, text] as const),
    ]),
  };
}
