import type { InspectedThread, InspectorDoor } from './inspector.ts';
import { type Place, placesIn } from './places.ts';

/** A function of the product that was entered, or an input that came in, in the order of time. */
export type Hit = { readonly kind: 'file'; readonly file: string } | { readonly kind: 'input'; readonly input: string };

/** Follows a process through the product’s functions. */
export interface Follower {
  /** The functions that are entered while `work` runs, as keys. */
  entered(work: () => Promise<void>): Promise<ReadonlySet<string>>;
  /** In which order these functions are entered while `work` runs: after each input, each function once. */
  follow(functions: ReadonlySet<string>, work: () => Promise<void>): Promise<readonly Hit[]>;
}

interface Script {
  readonly scriptId: string;
  readonly url: string;
}

interface Covered {
  readonly result: readonly {
    readonly scriptId: string;
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
    }[];
  }[];
}

interface Paused {
  readonly hitBreakpoints?: readonly string[];
  readonly callFrames: readonly { readonly callFrameId: string }[];
}

/** A thread with what is known of its scripts. */
interface Followed {
  readonly thread: InspectedThread;
  readonly scripts: Map<string, Script>;
  /** What a breakpoint that is set means. */
  readonly armed: Map<string, Place>;
  /** Breakpoints that were hit since the last input. */
  readonly spent: Place[];
}

const MARKER = 'walk/mark-inputs.ts';

/** @param root URL of the project, with a slash at its end: what lies below its `packages/` is the product */
export async function followProcess(door: InspectorDoor, root: string): Promise<Follower> {
  const product = `${root}packages/`;
  const threads: Followed[] = [];
  const opened: Promise<unknown>[] = [];
  let hits: Hit[] = [];
  const open = async (thread: InspectedThread): Promise<void> => {
    const followed: Followed = { thread, scripts: new Map(), armed: new Map(), spent: [] };
    threads.push(followed);
    thread.on('Debugger.scriptParsed', ({ scriptId, url }: Script) => {
      if (isOfProduct(url, product) || url.endsWith(MARKER)) followed.scripts.set(scriptId, { scriptId, url });
    });
    thread.on('Debugger.paused', (paused: Paused) => void onPaused(followed, paused));
    await Promise.all([thread.send('Profiler.enable'), thread.send('Debugger.enable')]);
  };
  const onPaused = async (followed: Followed, { hitBreakpoints = [], callFrames }: Paused): Promise<void> => {
    for (const id of hitBreakpoints) {
      const place = followed.armed.get(id);
      if (place === undefined) continue;
      if (place.url.endsWith(MARKER)) {
        hits.push({ kind: 'input', input: await inputAt(followed.thread, callFrames[0]?.callFrameId ?? '') });
        await Promise.all(threads.map(rearm));
        continue;
      }
      followed.armed.delete(id);
      followed.spent.push(place);
      hits.push({ kind: 'file', file: place.url.slice(root.length) });
      await followed.thread.send('Debugger.removeBreakpoint', { breakpointId: id });
    }
    await followed.thread.send('Debugger.resume');
  };
  await door.enter((thread) => void opened.push(open(thread)));
  await Promise.all(opened);

  return {
    async entered(work) {
      for (const { thread } of threads) await thread.send('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
      for (const { thread } of threads) await thread.send('Profiler.takePreciseCoverage');
      await work();
      const keys = new Set<string>();
      for (const { thread } of threads) {
        for (const key of keysOf(await thread.send<Covered>('Profiler.takePreciseCoverage'), product)) keys.add(key);
        await thread.send('Profiler.stopPreciseCoverage');
      }
      return keys;
    },
    async follow(functions, work) {
      hits = [];
      for (const followed of threads) await arm(followed, functions);
      await work();
      for (const { thread, armed } of threads)
        for (const breakpointId of [...armed.keys()]) await thread.send('Debugger.removeBreakpoint', { breakpointId });
      return hits;
    },
  };
}

function isOfProduct(url: string, product: string): boolean {
  return url.startsWith(product) && !url.includes('/node_modules/');
}

/** Functions with a name or without that were called; a module as a whole is none of them. */
function keysOf({ result }: Covered, product: string): readonly string[] {
  return result
    .filter(({ url }) => isOfProduct(url, product))
    .flatMap(({ url, functions }) =>
      functions.flatMap(({ ranges: [range] }) =>
        range === undefined || range.count === 0 || range.startOffset === 0 ? [] : [`${url}:${range.startOffset}-${range.endOffset}`],
      ),
    );
}

async function arm(followed: Followed, functions: ReadonlySet<string>): Promise<void> {
  const { thread, scripts } = followed;
  for (const script of scripts.values()) {
    const { scriptSource } = await thread.send<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId: script.scriptId });
    for (const place of await placesIn(thread, script, scriptSource, script.url.endsWith(MARKER) ? 'mark' : functions))
      await set(followed, place);
  }
}

async function rearm(followed: Followed): Promise<void> {
  await Promise.all(followed.spent.splice(0).map((place) => set(followed, place)));
}

async function set({ thread, armed }: Followed, place: Place): Promise<void> {
  const { breakpointId } = await thread.send<{ breakpointId: string }>('Debugger.setBreakpoint', { location: place.location });
  armed.set(breakpointId, place);
}

async function inputAt(thread: InspectedThread, callFrameId: string): Promise<string> {
  const order = { callFrameId, expression: 'input', returnByValue: true };
  const { result } = await thread.send<{ result: { value: string } }>('Debugger.evaluateOnCallFrame', order);
  return result.value;
}
