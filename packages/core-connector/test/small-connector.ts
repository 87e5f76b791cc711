import type { ConnectorFiles } from '../src/language/compile-connector.ts';

/** A small connector without a fault, which tests break. */
export const CONNECTOR = `connector: small
language: "1"
settings:
  baseUrl: { type: url, required: "true" }
  apiKey: { type: secret, required: "true" }
backends:
  core:
    base: =cfg.baseUrl
    auth:
      apiKey: { header: X-Api-Key, value: "=cfg.apiKey" }
    timeouts: { total: 8s }
errors:
  - when: =status = 404
    code: "3204"
tables:
  products: { "1": savings }
`;

export const PARTY = `operation: party.get
steps:
  - check:
      - unless: =$digits(req.idValue, 6, 20)
        fail: "3101"
  - call: account
    get: /accounts/{number}
    path: { number: "=req.idValue" }
    notFound: =status = 404
  - use: open
    with: { status: "=account.body.status" }
  - reply:
      idType: =req.idType
      idValue: =req.idValue
      displayName: =account.body.name
`;

export const OPEN = `route: open
takes: [status]
steps:
  - check:
      - unless: =status = "OPEN"
        fail: "5400"
`;

export const QUOTE = `operation: quote.create
steps:
  - call: account
    get: /accounts/{number}
    path: { number: "=req.to.idValue" }
  - reply:
      transferAmount: =req.amount
      payeeReceiveAmount: =req.amount
    facts:
      accountId: =account.body.id
`;

export const PREPARE = `operation: transfer.prepare
steps:
  - reply: { transferState: RESERVED }
`;

export const FINALISE = `operation: transfer.finalise
on: COMMITTED
steps:
  - money: payee-credit
    kind: credit
    amount: =$number(quote.payeeReceiveAmount)
    call:
      post: /accounts/{id}/credits
      path: { id: "=quote.facts.accountId" }
      headers: { Idempotency-Key: "=key" }
      body:
        amount: =amount
        reference: =op.transferId
        at: =effect.startedAt
    ok: =status = 201 and $exists(body.id)
    refused: =status = 422
    settle:
      key: { keepsRefusals: "true", keptFor: 24h }
      ask:
        call: { get: "/credits/{key}", path: { key: "=key" } }
        found: =body.id
        account: =body.accountId = quote.facts.accountId
        kind: =body.type = "CREDIT"
        amount: =body.amount
        absent: =status = 404
        facts: { id: "=found" }
        quiet: 60s
    facts: { id: "=body.id" }
    instead: payee-suspense
  - money: payee-suspense
    kind: suspense
    amount: =$number(quote.payeeReceiveAmount)
    call: { post: /suspense, headers: { Idempotency-Key: "=key" }, body: { amount: "=amount" } }
    ok: =status = 201
    settle: { key: { keepsRefusals: "true", keptFor: 24h } }
---
operation: transfer.finalise
on: ABORTED
steps:
  - reply: {}
`;

/** The files of the connector, with some replaced; one that is empty is left out. */
export function smallConnector(
  changed: Readonly<Partial<Record<'connector' | 'party' | 'open' | 'quote' | 'prepare' | 'finalise', string>>> = {},
): ConnectorFiles {
  const { connector = CONNECTOR, party = PARTY, open = OPEN, quote = QUOTE, prepare = PREPARE, finalise = FINALISE } = changed;
  return {
    connector,
    operations: new Map(
      [
        ['operations/party.get.yaml', party] as const,
        ['operations/open.yaml', open] as const,
        ['operations/quote.create.yaml', quote] as const,
        ['operations/transfer.prepare.yaml', prepare] as const,
        ['operations/transfer.finalise.yaml', finalise] as const,
      ].filter(([, text]) => text !== ''),
    ),
  };
}
