import { algorithmFor, attachSignature, buildMessage, formatDateTime, type Operation, signingInput } from '@payment-manager/fspiop';
import type { FalseWord, Mishap } from '../scenario/mishaps.ts';
import { coreHost, type Dfsp, HUB, inboundHost, outboundHost, PAYEE, PAYER, STRANGER } from '../scenario/parties.ts';
import type { SimulatedManager } from './dfsp-side.ts';
import { FOREVER } from './life.ts';
import { publishKeys, type World } from './world.ts';

/** A second key is signed with after peers have fetched it, and the first one goes when no message of it is under way. */
const PROPAGATION_MS = 5_000;
const OVERLAP_MS = 120_000;

/** Sets a mishap's time. */
export function schedule(world: World, mishap: Mishap): void {
  world.time.after(mishap.at, () => {
    world.history.fault(mishap.kind, mishap.id);
    befall(world, mishap);
  });
}

function befall(world: World, mishap: Mishap): void {
  const { time, weather } = world;
  switch (mishap.kind) {
    case 'crash':
      for (const manager of struck(world, mishap)) manager.crash(mishap.downMs);
      return;
    case 'crash-inside':
      for (const manager of struck(world, mishap)) manager.crashInside(mishap.nth, mishap.downMs);
      return;
    case 'stall':
      for (const manager of struck(world, mishap)) manager.stall(mishap.ms);
      return;
    case 'stall-inside':
      for (const manager of struck(world, mishap)) manager.stallInside(mishap.nth, mishap.ms);
      return;
    case 'cut-off':
      for (const manager of struck(world, mishap)) manager.cutOff(mishap.ms);
      return;
    case 'commit-lost':
      world.stores[mishap.dfsp].loseCommit(mishap.nth);
      return;
    case 'disk-full':
      world.stores[mishap.dfsp].setFull(true);
      time.after(mishap.ms, () => world.stores[mishap.dfsp].setFull(false));
      return;
    case 'store-down':
      world.stores[mishap.dfsp].setUnreachable(true);
      time.after(mishap.ms, () => world.stores[mishap.dfsp].setUnreachable(false));
      return;
    case 'clock-jump':
      for (const manager of struck(world, mishap)) {
        manager.jumpClock(mishap.byMs);
        time.after(mishap.ms, () => manager.jumpClock(-mishap.byMs));
      }
      return;
    case 'key-rotation':
      rotate(world, mishap.dfsp);
      return;
    case 'certificate-rotation':
      world.network.breakOff(mishap.dfsp);
      weather.beginMistrust(mishap.dfsp);
      time.after(mishap.ms, () => weather.endMistrust(mishap.dfsp));
      return;
    case 'outage':
      weather.beginOutage(mishap.host, mishap.how);
      time.after(mishap.ms, () => weather.endOutage(mishap.host));
      return;
    case 'false-word':
    case 'stranger':
    case 'doubt':
      void speak(world, mishap);
      return;
    case 'question-error':
      questionFails(world, mishap);
      return;
    case 'foreign-question':
      askAsPayee(world, mishap);
  }
}

/** All processes of a DFSP, or one of them. */
function struck(world: World, { dfsp, which }: { readonly dfsp: Dfsp; readonly which: number }): readonly SimulatedManager[] {
  const all = world.managers[dfsp];
  return which === 0 ? all : [all[which % all.length] as SimulatedManager];
}

function rotate(world: World, dfsp: Extract<Mishap, { kind: 'key-rotation' }>['dfsp']): void {
  const { keys, time, hub } = world;
  keys.publishNext(dfsp);
  void publishKeys(hub, keys, dfsp);
  time.after(PROPAGATION_MS, () => keys.signWithNext(dfsp));
  time.after(OVERLAP_MS, () => {
    keys.retireOld(dfsp);
    void publishKeys(hub, keys, dfsp);
  });
}

/** The hub cannot answer a question that the payer's Payment Manager has asked: this says nothing about the transfer. */
function questionFails(world: World, { code, nth, id }: Extract<Mishap, { kind: 'question-error' }>): void {
  const asked = world.observer.transfers().filter((one) => world.observer.records[PAYER].payer(one)?.inquiredAt !== undefined);
  const transferId = asked[nth % Math.max(1, asked.length)];
  if (transferId === undefined) return;
  const body = { errorInformation: { errorCode: code, errorDescription: 'simulated' } };
  void say(world, HUB, PAYER, { operation: 'PUT /transfers/error', path: `/transfers/${transferId}/error`, body }, id);
}

/** A stranger speaks so soon after the question, while the payee's DFSP waits for the hub's word. */
const WHISPER_MS = 30;

/** The payee's DFSP asks about a transfer that it did not start; a stranger answers. */
function askAsPayee(world: World, mishap: Extract<Mishap, { kind: 'foreign-question' }>): void {
  const ids = world.observer.transfers();
  const transferId = ids[mishap.nth % Math.max(1, ids.length)];
  if (transferId === undefined) return;
  const client = world.network.clientOf(coreHost(PAYEE), FOREVER);
  const url = `http://${outboundHost(PAYEE)}/transfers/${transferId}`;
  void client.request({ method: 'GET', url, headers: {}, timeoutMs: 40_000 });
  const message = messageOf(mishap.word, transferId, false, world.time.now());
  world.time.after(WHISPER_MS, () => void say(world, STRANGER, PAYEE, message, mishap.id));
}

type Spoken = Extract<Mishap, { kind: 'false-word' | 'stranger' | 'doubt' }>;

/** Sends a word about a transfer, well signed by the hub (which lies, or has an error) or by a participant that has no part in it. */
async function speak(world: World, mishap: Spoken): Promise<void> {
  const ids = world.observer.transfers();
  const transferId = ids[mishap.nth % Math.max(1, ids.length)];
  if (transferId === undefined) return;
  const source = mishap.kind === 'stranger' ? STRANGER : HUB;
  const to = mishap.kind === 'doubt' ? PAYEE : mishap.to;
  if (mishap.kind === 'false-word') world.observer.lied(transferId, to);
  const said = mishap.kind === 'doubt' ? doubtOf(mishap, transferId) : messageOf(mishap.word, transferId, to === PAYEE, world.time.now());
  await say(world, source, to, said, mishap.id);
}

async function say(world: World, source: string, to: Dfsp, { operation, path, body }: Said, id: string): Promise<void> {
  const built = buildMessage({ operation, path, source, destination: to, version: '1.1', body, date: world.time.now() });
  const key = world.keys.signingKey(source);
  const algorithm = algorithmFor(key);
  const { protectedHeader, input } = signingInput(built, algorithm);
  attachSignature(built, protectedHeader, await world.signatures.sign(algorithm, key, input));
  const client = world.network.clientOf(id, FOREVER);
  const url = `http://${inboundHost(to)}${path}`;
  await client.request({ method: built.method, url, headers: built.headers, body: built.body ?? '', timeoutMs: 10_000 });
}

interface Said {
  readonly operation: Operation;
  readonly path: string;
  readonly body: object;
}

function doubtOf({ code, patched }: Extract<Mishap, { kind: 'doubt' }>, transferId: string): Said {
  const operation = patched ? 'PATCH /transfers/error' : 'PUT /transfers/error';
  return {
    operation,
    path: `/transfers/${transferId}/error`,
    body: { errorInformation: { errorCode: code, errorDescription: 'simulated' } },
  };
}

function messageOf(word: FalseWord, transferId: string, toPayee: boolean, now: number): Said {
  const path = `/transfers/${transferId}`;
  const completedTimestamp = formatDateTime(now);
  if (word === 'error-3303' || word === 'error-5105') {
    const errorInformation = { errorCode: word.slice('error-'.length), errorDescription: 'simulated' };
    return { operation: 'PUT /transfers/error', path: `${path}/error`, body: { errorInformation } };
  }
  const transferState = word === 'aborted' ? 'ABORTED' : 'COMMITTED';
  if (toPayee) return { operation: 'PATCH /transfers', path, body: { transferState, completedTimestamp } };
  const fulfilment = word === 'wrong-fulfilment' ? { fulfilment: 'A'.repeat(43) } : {};
  return { operation: 'PUT /transfers', path, body: { transferState, completedTimestamp, ...fulfilment } };
}
