import { anchorOf, type ChainHeads } from '@payment-manager/journal';
import { type AlarmEntry, alarmBoard, type HttpClient, type Secret, type Timer, type World } from '@payment-manager/runtime';
import { postSigned } from '../alarms/signed-webhook.ts';
import { appendAnchor } from './anchor-file.ts';

/** One place where anchors are kept. */
export interface AnchorTarget {
  readonly to: 'file' | 'webhook';
  /** Keeps one anchor, a line of JSON; rejects with an error whose message holds no secret. */
  keep(line: string): Promise<void>;
}

export interface AnchoringDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'> {
  readonly fspId: string;
  readonly targets: readonly AnchorTarget[];
  /** Between two anchors, and the longest pause after a failure. */
  readonly everyMs: number;
  chainHeads(): Promise<ChainHeads>;
}

/** Anchors the chain's ends now and then, until it is stopped. Payments never wait for it. */
export interface Anchoring {
  /** One for each place, that stands until the next anchor was kept there. */
  alarms(): readonly AlarmEntry[];
  /** Keeps a last anchor, if that is quick. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 1_000;
/** A webhook that does not answer in this time has failed; stopping waits no longer for a last anchor. */
const PATIENCE_MS = 5_000;

/** Begins at once. Nothing is kept while the chain has not grown. */
export function startAnchoring(deps: AnchoringDeps): Anchoring {
  const loops = deps.targets.map((target) => anchorLoop(target, deps));
  return {
    alarms: () => loops.flatMap(({ alarms }) => alarms()),
    async stop() {
      const waited = Promise.withResolvers<void>();
      const timer = deps.timers.after(PATIENCE_MS, waited.resolve);
      await Promise.race([Promise.all(loops.map((loop) => loop.stop())), waited.promise]);
      timer.cancel();
    },
  };
}

function anchorLoop({ to, keep }: AnchorTarget, deps: AnchoringDeps) {
  const { clock, timers, metrics, log, everyMs } = deps;
  const kept = metrics.counter('pm_anchors_total', 'Anchors of the journal, by where they went and what became of them', ['to', 'result']);
  const lastKept = metrics.gauge('pm_anchor_kept_seconds', 'When the journal was last anchored, or had not grown since, Unix time', ['to']);
  metrics.gauge('pm_anchor_every_seconds', 'Time between two anchors, as it is configured', ['to']).set(everyMs / 1000, { to });
  const board = alarmBoard(clock);
  const id = `anchor-${to}`;
  let pauseMs = FIRST_PAUSE_MS;
  let lastDigest: string | undefined;
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function once(): Promise<void> {
    try {
      const anchor = anchorOf(await deps.chainHeads(), new Date(clock.now()).toISOString());
      if (anchor.position > 0 && anchor.digest !== lastDigest) {
        await keep(JSON.stringify({ fspId: deps.fspId, ...anchor }));
        lastDigest = anchor.digest;
        kept.add(1, { to, result: 'kept' });
      }
      if (board.clear(id, 'ANCHOR_FAILED')) log.info('the journal is anchored again', { to });
      pauseMs = FIRST_PAUSE_MS;
      lastKept.set(clock.now() / 1000, { to });
    } catch (error) {
      kept.add(1, { to, result: 'failed' });
      failed(error instanceof Error ? error.message : String(error));
    }
  }

  function failed(reason: string): void {
    if (board.raise({ id, code: 'ANCHOR_FAILED', reason }) !== 'new') return;
    log.error('the journal cannot be anchored; payments go on', { code: 'ANCHOR_FAILED', to, reason });
    metrics.counter('pm_alarms_total', 'Alarms by code', ['code']).add(1, { code: 'ANCHOR_FAILED' });
  }

  function next(): void {
    running = once().then(() => {
      if (stopped) return;
      const failing = board.alarms().length > 0;
      const pause = failing ? Math.min(pauseMs, everyMs) : everyMs;
      if (failing) pauseMs *= 2;
      timer = timers.after(pause, next);
    });
  }

  next();
  return {
    alarms: board.alarms,
    async stop() {
      stopped = true;
      timer?.cancel();
      await running;
      await once();
    },
  };
}

/** A file that only grows. */
export function fileTarget(file: string): AnchorTarget {
  return {
    to: 'file',
    async keep(line) {
      await appendAnchor(file, line).catch((error: NodeJS.ErrnoException) => {
        throw new Error(`${file} cannot be written (${error.code ?? error.message})`, { cause: error });
      });
    },
  };
}

/** A webhook that answers 2xx when it has the anchor. With a secret it can see that the anchor is ours. */
export function webhookTarget(url: string, client: HttpClient, secret?: Secret<string>): AnchorTarget {
  return {
    to: 'webhook',
    async keep(line) {
      const outcome = await postSigned(client, { url, secret, body: line, timeoutMs: PATIENCE_MS });
      if (outcome.kind === 'failed') throw new Error(`the webhook cannot be reached: ${outcome.message}`);
      if (outcome.status < 200 || outcome.status > 299) throw new Error(`the webhook answers with status ${outcome.status}`);
    },
  };
}
