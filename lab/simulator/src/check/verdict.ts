import { parseAmount } from '@payment-manager/fspiop';
import type { HubTransfer } from '@payment-manager/sandbox';
import { DFSPS, PAYEE, PAYER } from '../scenario/parties.ts';
import type { World } from '../world/world.ts';
import { checkListed, mayStayAcknowledged, reconcile } from './reconcile.ts';
import type { DurableRecord } from './records.ts';

/** What became of the payments of a run. */
export interface Verdict {
  readonly endings: Readonly<Record<string, number>>;
  readonly forReconciliation: number;
}

/** One transfer as everybody sees it at the end. */
interface Transfer {
  readonly id: string;
  readonly hub: HubTransfer | undefined;
  readonly payer: DurableRecord | undefined;
  readonly payee: DurableRecord | undefined;
  readonly core: 'none' | 'RESERVED' | 'COMMITTED' | 'ABORTED';
}

/** At the end of a run: everything is closed or with a person, and everybody agrees with the hub about the money. */
export async function checkVerdict(world: World): Promise<Verdict> {
  checkLiveness(world);
  checkKeys(world);
  let forReconciliation = 0;
  const { coreContradictsItself, lies } = world.observer.excuses;
  const differing = new Set<string>();
  for (const transfer of await transfersOf(world)) {
    checkPayer(world, transfer);
    checkForeign(world, transfer);
    if (checkPayee(world, transfer) !== 'reconcile') continue;
    forReconciliation++;
    // what the hub has said and is not so, nobody but the hub can list
    if (!lies.has(transfer.id)) differing.add(transfer.id);
  }
  const excused = new Set([...coreContradictsItself, ...lies.keys()]);
  checkListed(world, await reconcile(world), differing, excused);
  checkPositions(world);
  checkQuiet(world);
  return { endings: endingsOf(world), forReconciliation };
}

function endingsOf(world: World): Record<string, number> {
  const endings: Record<string, number> = {};
  for (const { id } of world.scenario.payments) {
    const state = world.cores[PAYER].payer.find(id)?.state ?? 'not taken';
    endings[state] = (endings[state] ?? 0) + 1;
  }
  return endings;
}

function hasException(record: DurableRecord | undefined): boolean {
  return record?.attention.some(({ level }) => level === 'exception') === true;
}

function checkLiveness(world: World): void {
  const { violations, records } = world.observer;
  for (const fspId of DFSPS) {
    for (const record of records[fspId].all()) {
      if (record.open && !hasException(record))
        violations.report('liveness', `${fspId}: ${record.kind} ${record.recordId} is ${record.state.stage} long after its time`);
      if (record.kind === 'payee' && record.state.stage === 'acknowledged' && !hasException(record) && !mayStayAcknowledged(world, record))
        violations.report('liveness', `${fspId}: ${record.recordId} is at rest on a receipt, and the hub was not asked how it ended`);
    }
  }
  for (const { id } of world.scenario.payments) {
    const payment = world.cores[PAYER].payer.find(id);
    if (payment === undefined) violations.report('liveness', `payment ${id} was not taken`);
    else if (payment.state === 'PENDING' && !hasException(records[PAYER].get(payment.transferId ?? '')))
      violations.report('liveness', `payment ${id} (${payment.transferId ?? 'no transfer'}) is PENDING at the payer's core`);
  }
}

/** The same Idempotency-Key never makes a second payment (docs/money-rules.md, 2). */
function checkKeys(world: World): void {
  const seen = new Map<string, string>();
  for (const record of world.observer.records[PAYER].all()) {
    if (record.kind !== 'payer' || record.state.idempotencyKey === undefined) continue;
    const other = seen.get(record.state.idempotencyKey);
    if (other !== undefined)
      world.observer.violations.report('one-payment-per-key', `${record.state.idempotencyKey} made ${other} and ${record.recordId}`);
    seen.set(record.state.idempotencyKey, record.recordId);
  }
}

async function transfersOf(world: World): Promise<readonly Transfer[]> {
  const ids = new Set<string>();
  for (const record of world.observer.records[PAYER].all()) if (record.kind === 'payer') ids.add(record.recordId);
  for (const record of world.observer.records[PAYEE].all())
    if (record.kind === 'payee' && record.state.prepare) ids.add(record.state.prepare.transferId);
  const transfers: Transfer[] = [];
  for (const id of ids) {
    transfers.push({
      id,
      hub: await world.hub.findTransfer(id),
      payer: world.observer.records[PAYER].get(id),
      payee: world.observer.records[PAYEE].payeeOfTransfer(id),
      core: await stateAtCore(world, id),
    });
  }
  return transfers;
}

async function stateAtCore(world: World, id: string): Promise<Transfer['core']> {
  const answer = await world.cores[PAYEE].handler({
    method: 'GET',
    target: `/transfers/${id}`,
    headers: {},
    body: new Uint8Array(),
    clientAuthenticated: false,
  });
  if (answer.status === 404) return 'none';
  return (JSON.parse(String(answer.body)) as { transferState: Exclude<Transfer['core'], 'none'> }).transferState;
}

/** The payer's DFSP is never told ERROR or ABORTED of what the hub committed, nor COMPLETED of what it did not (docs/money-rules.md, 4). */
function checkPayer(world: World, transfer: Transfer): void {
  const { violations, words, excuses } = world.observer;
  const { id, hub, payer } = transfer;
  const told = words[PAYER].told.get(id);
  const committed = hub?.state === 'COMMITTED';
  if (told?.has('COMPLETED') === true && !committed)
    violations.report('hub-decides', `the payer's DFSP was told COMPLETED of ${id}, and the hub says ${hub?.state ?? 'nothing'}`);
  const failed = told?.has('ERROR_OCCURRED') === true || told?.has('ABORTED') === true;
  if (failed && committed && excuses.lies.get(id)?.has(PAYER) !== true)
    violations.report('hub-decides', `the payer's DFSP was told ${[...(told ?? [])].join()} of ${id}, which the hub committed`);
  checkContradiction(world, PAYER, transfer, payer);
}

/** Of a transfer that it did not start a DFSP is told what the hub says, and nothing that anybody else says (docs/money-rules.md, 4). */
function checkForeign(world: World, { id, hub }: Transfer): void {
  const { violations, words, excuses } = world.observer;
  if (excuses.lies.get(id)?.has(PAYEE) === true) return;
  const committed = hub?.state === 'COMMITTED';
  for (const state of words[PAYEE].foreign.get(id) ?? [])
    if ((state === 'COMPLETED') !== committed)
      violations.report('hub-decides', `the payee's DFSP was told ${state} of ${id}, and the hub says ${hub?.state ?? 'nothing'}`);
}

/** Two contradicting final words are both kept, and a person is told (docs/money-rules.md, 5). */
function checkContradiction(world: World, fspId: typeof PAYER | typeof PAYEE, transfer: Transfer, record: DurableRecord | undefined): void {
  const heard = world.observer.words[fspId].heard.get(transfer.id);
  if (heard === undefined || heard.size < 2 || record === undefined) return;
  if (record.attention.length === 0 && !agrees(transfer, record))
    world.observer.violations.report(
      'hub-decides',
      `${fspId} heard both words about ${transfer.id}, follows the wrong one, and nobody was told`,
    );
}

function agrees({ hub }: Transfer, record: DurableRecord): boolean {
  const { stage } = record.state;
  return hub?.state === 'COMMITTED' ? stage === 'completed' || stage === 'committed' : stage !== 'completed' && stage !== 'committed';
}

/** The payee's core did what the hub decided; where it did not, a person knows, or only reconciliation can (docs/money-rules.md, 1). */
function checkPayee(world: World, transfer: Transfer): 'reconcile' | undefined {
  const { violations, excuses } = world.observer;
  const { id, hub, payee, core } = transfer;
  checkContradiction(world, PAYEE, transfer, payee);
  const committed = hub?.state === 'COMMITTED';
  const readsState = world.scenario.settings[PAYEE].core.notificationReadsState;
  // a core that is not told ABORTED keeps its hold until it ends by itself: that was declared
  const right = committed ? core === 'COMMITTED' : core === 'none' || core === 'ABORTED' || (core === 'RESERVED' && !readsState);
  if (right || hasException(payee)) return undefined;
  if (excuses.coreContradictsItself.has(id) || excuses.lies.get(id)?.has(PAYEE) || mayStayAcknowledged(world, payee)) return 'reconcile';
  const stage = payee?.state.stage ?? 'unknown';
  violations.report(
    'money',
    `transfer ${id}: the hub says ${hub?.state ?? 'nothing'}, the payee's core ${core}, our record ${stage}, and nobody was told`,
  );
  return undefined;
}

/** Where nothing went wrong nobody is called, and every payment is made. */
function checkQuiet(world: World): void {
  const { history, observer, scenario } = world;
  if (history.struck.length > 0) return;
  for (const fspId of DFSPS)
    for (const { kind, recordId, attention } of observer.records[fspId].all())
      if (attention.length > 0)
        observer.violations.report('quiet', `nothing went wrong, and ${fspId} has ${attention[0]?.code} at ${kind} ${recordId}`);
  const { versions, core } = scenario.settings[PAYEE];
  const refuses = versions.transfers === '1.0' && core.atPrepare === 'reserve' && core.reserveWithoutPatch === 'refuse';
  for (const { id } of scenario.payments) {
    const state = world.cores[PAYER].payer.find(id)?.state;
    if (!refuses && state !== 'COMPLETED') observer.violations.report('quiet', `nothing went wrong, and payment ${id} is ${state}`);
  }
}

/** What the scheme's accounts of both cores say is what the hub's positions say, but for what a person has before them. */
function checkPositions(world: World): void {
  const { violations, records, excuses } = world.observer;
  const positions = world.hub.directory.positions();
  const sum = positions.reduce((total, { committed }) => total + committed, 0n);
  if (sum !== 0n) violations.report('money', `the hub's positions sum to ${sum}`);
  if (positions.some(({ reserved }) => reserved !== 0n)) violations.report('money', 'the hub still holds a reservation');
  const excused =
    excuses.lies.size > 0 ||
    excuses.coreContradictsItself.size > 0 ||
    [...records[PAYEE].all()].some((record) => mayStayAcknowledged(world, record)) ||
    DFSPS.some((fspId) => [...records[fspId].all()].some(({ attention }) => attention.length > 0)) ||
    !world.scenario.settings[PAYEE].core.notificationReadsState;
  if (excused) return;
  for (const fspId of DFSPS) {
    const committed = positions.find((position) => position.fspId === fspId)?.committed ?? 0n;
    const booked = parseAmountSigned(world.cores[fspId].balance('scheme:USD'));
    if (committed !== booked) violations.report('money', `${fspId} has ${booked} with the scheme, and the hub says ${committed}`);
  }
}

function parseAmountSigned(text: string): bigint {
  return text.startsWith('-') ? -parseAmount(text.slice(1)) : parseAmount(text);
}
