/**
 * A process of a connector that is certified: it runs the connector over a journal in a file, answers its parent, and kills itself (SIGKILL) at the
 * point that it is told: before or after so many appends and calls. It ends with its parent.
 */
import { openSqliteJournal } from '@payment-manager/journal';
import { createHttpClient, systemTimers } from '@payment-manager/runtime';
import type { BackEndDeps } from '../back-end/back-end.ts';
import { openBackEnds } from '../back-end/back-ends.ts';
import { openTcp } from '../back-end/iso8583/tcp-wire.ts';
import { sqliteRunner } from '../back-end/sql/sqlite.ts';
import type { Payments, Seen } from '../send/payments.ts';
import { fastTime, type Pace, realMoment } from './fast-time.ts';
import type { AskedOfLife, LifeBegins, LifeTells, SchemeCall } from './lives.ts';
import { mortal, mortalPayments } from './mortal.ts';
import { partsOver, QUIET, runningOf } from './process-parts.ts';
import { readCandidate } from './read-candidate.ts';
import type { CorePlace } from './served-core.ts';

const tell = (message: LifeTells): void => void process.send?.(message);

async function live({ folder, journal: file, place, pace, killAt }: LifeBegins): Promise<(asked: AskedOfLife) => Promise<void>> {
  let left = killAt;
  const dies = (): boolean => {
    if (left !== undefined && --left <= 0) process.kill(process.pid, 'SIGKILL');
    return false;
  };
  const { candidate } = await readCandidate(folder);
  if (candidate === undefined) throw new Error('the connector has faults');
  const time = fastTime(pace);
  const running = runningOf(candidate);
  const reached = openBackEnds({ running, ...reaching(place, pace, time), clock: time, timers: time, log: QUIET });
  const { journal, backEnds } = mortal(dies, await openSqliteJournal({ file, log: QUIET }), reached);
  const payments = mortalPayments(dies, SCHEME);
  const { records, sends, door } = partsOver(journal, { running, backEnds, time, salt: process.pid, payments });
  await records.start();
  await sends.start();
  const answers: Readonly<Record<string, (...args: never[]) => unknown>> = {
    ...{ findParty: door.findParty, quote: door.quote, transfer: door.transfer, notify: door.notify, ask: door.ask },
    ...{ 'sends.send': sends.send.bind(sends), 'sends.decide': sends.decide.bind(sends), 'sends.ask': sends.ask.bind(sends) },
    open: () => records.openCount + sends.openCount,
  };
  return async (asked) => {
    if ('killIn' in asked) left = asked.killIn;
    else if ('id' in asked) tell({ id: asked.id, answer: await answers[asked.what]?.(...(asked.args as never[])) });
  };
}

/** Questions to the scheme that wait for an answer. */
const ASKED = new Map<number, (seen: Seen) => void>();
let asks = 0;

function askScheme(call: SchemeCall, ...args: readonly unknown[]): Promise<Seen> {
  return new Promise((resolve) => {
    const id = ++asks;
    ASKED.set(id, resolve);
    tell({ asks: id, call, args });
  });
}

/** The scheme is the parent's: it goes on when this process is dead. */
const SCHEME: Payments = {
  tellsPersons: true,
  start: (...args) => askScheme('start', ...args),
  accept: (...args) => askScheme('accept', ...args),
  reject: (...args) => askScheme('reject', ...args),
  ask: (...args) => askScheme('ask', ...args),
  watch: (...args) => askScheme('watch', ...args),
};

/** The core, where the parent serves it. All else of the way is the product's. */
function reaching(place: CorePlace, pace: Pace, time: ReturnType<typeof fastTime>): Pick<BackEndDeps, 'client' | 'database' | 'openWire'> {
  const client: BackEndDeps['client'] = ({ timeouts }) => {
    const http = createHttpClient({ connectTimeoutMs: timeouts.connectMs });
    const port = 'port' in place ? place.port : 0;
    const leading = (url: string): string => `http://127.0.0.1:${port}/${encodeURIComponent(url)}`;
    return {
      request: (request) => http.request({ ...request, url: leading(request.url), timeoutMs: Math.ceil(request.timeoutMs / pace.times) }),
      setCredentials: () => {},
      close: () => http.close(),
    };
  };
  if (place.kind === 'iso8583') {
    const { port } = place;
    return { client, openWire: (address, ms, _, events) => openTcp({ ...address, host: '127.0.0.1', port, tls: false }, ms, time, events) };
  }
  if (place.kind !== 'sql') return { client };
  const { file } = place;
  return {
    client,
    database({ timeouts, rowsMax }) {
      const limits = { connectMs: timeouts.connectMs, statementMs: timeouts.totalMs, rowsMax };
      const runner = sqliteRunner(file, limits, systemTimers);
      return {
        run: (request, until, leftMs, use) => runner.run(request, realMoment(pace, until), leftMs / pace.times, use),
        close: () => runner.close(),
      };
    },
  };
}

let alive: ReturnType<typeof live> | undefined;
process.on('disconnect', () => process.exit(0));
process.on('message', (message: LifeBegins | AskedOfLife) => {
  if ('folder' in message) {
    alive = live(message);
    void alive.then(() => tell({ ready: true }));
  } else if ('said' in message) {
    ASKED.get(message.said)?.(message.seen);
    ASKED.delete(message.said);
  } else void alive?.then((answers) => answers(message));
});
