/** The payer's side of the two-phase connector: a fee of our own, a hold of all that the payment costs, its capture or release. */
export const SEND_CHECK = `operation: send.check
steps:
  - call: account
    get: /accounts/{number}
    path: { number: "=req.from.idValue" }
    notFound: =status = 404
  - check:
      - unless: =account.body.status = "OPEN"
        fail: "4400"
        message: the account may not pay
  - reply:
      fee: "0.50"
    facts: { accountId: "=account.body.id" }
`;

export const SEND_HOLD = `operation: send.hold
steps:
  - money: payer-hold
    kind: hold
    amount: =$number(send.total)
    call:
      post: /accounts/{id}/holds
      path: { id: "=send.facts.accountId" }
      headers: { Idempotency-Key: "=key" }
      body: { amount: "=amount", at: "=effect.startedAt" }
    ok: =status = 201 and body.account = send.facts.accountId
    refused: =status = 422
    pending: =status = 202
    settle:
      key: { keepsRefusals: "true", keptFor: 24h }
      ask:
        call: { get: "/holds/{key}", path: { key: "=key" } }
        found: =body.id
        account: =body.account = send.facts.accountId
        kind: =body.kind = "HOLD"
        amount: =body.amount
        pending: =body.state = "PENDING"
        absent: =status = 404
        facts: { holdId: "=found" }
        quiet: 60s
    facts: { holdId: "=body.id" }
    expires: 7d
    undo: payer-release
`;

export const SEND_END = `operation: send.capture
steps:
  - money: payer-capture
    kind: capture
    of: payer-hold
    amount: =$number(send.total)
    call: { post: "/holds/{id}/capture", path: { id: "=of.facts.holdId" }, headers: { Idempotency-Key: "=key" } }
    ok: =status = 200
    refused: =status = 422
    settle: { key: { keepsRefusals: "true", keptFor: 24h } }
    instead: payer-suspense
  - money: payer-suspense
    kind: suspense
    amount: =$number(send.total)
    call: { post: /suspense, headers: { Idempotency-Key: "=key" }, body: { amount: "=amount" } }
    ok: =status = 201
    refused: =status = 422
    settle: { key: { keepsRefusals: "true", keptFor: 24h } }
---
operation: send.release
steps:
  - money: payer-release
    kind: release
    of: payer-hold
    call: { post: "/holds/{id}/release", path: { id: "=of.facts.holdId" }, headers: { Idempotency-Key: "=key" } }
    ok: =status = 200
    refused: =status = 422
    settle: { key: { keepsRefusals: "true", keptFor: 24h } }
`;
