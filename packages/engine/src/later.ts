import type { Timer, World } from '@payment-manager/runtime';

/** How often it looks whether there is room, while something is due. */
const LOOK_EVERY_MS = 100;
/** While nothing is due it is looked at least this often, since the wall clock may be set forward; where some are known to the journal alone, each second. */
const IDLE_LOOK_MS = 60_000;
const FORGOTTEN_LOOK_MS = 1_000;
/** So many are begun at a look, which makes 400 a second at most. */
const PER_LOOK = 40;
/** So many are under way at once. */
const AT_ONCE = 32;
/** After one that the other side did not take, nothing is begun for so long. */
const PAUSE_MS = 5_000;
/** Records are known in memory up to this number, some 150 bytes each; of more than that only the journal knows. */
const KNOWN_MAX = 50_000;

export interface LaterDeps extends Pick<World, 'clock' | 'timers'> {
  /** There is too much to do: nothing is begun that may wait. */
  readonly busy: () => boolean;
  /** Begins what the record owes by now. False: the other side did not take it, so it comes again. */
  readonly begin: (recordId: string) => Promise<boolean>;
  /** The next records that the journal has and that owe something later; empty at their end. Only asked for when there were too many to know. */
  readonly more: (after: string | undefined) => Promise<{ readonly due: readonly Due[]; readonly last?: string }>;
  /** Told of what `begin` and `more` reject with; both come again. */
  readonly failed: (error: unknown) => void;
}

/** A record, and when what it owes is due: milliseconds since the epoch. */
export interface Due {
  readonly recordId: string;
  readonly at: number;
}

/**
 * Records that owe only what may wait (`Action.background`): their ids and their time, so that they need not be in memory until
 * then. They are begun when they are due, a few at a time, at a limited rate, and only while there is room; what is put off is done when
 * there is. A restart finds them in the journal again.
 */
export class Later {
  readonly #deps: LaterDeps;
  /** By second, each with its records. */
  readonly #seconds = new Map<number, Set<string>>();
  readonly #known = new Map<string, number>();
  #underWay = 0;
  #pausedUntil = 0;
  #timer: Timer | undefined;
  /** Before this second nothing is looked at. */
  #looksAt = 0;
  /** There were more than are known; `#after`: how far the journal has been looked through for them. */
  #forgotten = false;
  #after: string | undefined;
  #searching = false;
  #stopped = false;

  constructor(deps: LaterDeps) {
    this.#deps = deps;
  }

  /** Records that wait, as far as they are known. */
  get size(): number {
    return this.#known.size;
  }

  /** How late the first of them is, milliseconds; 0 when none is due. */
  get lateMs(): number {
    const first = this.#first();
    return first === undefined ? 0 : Math.max(0, this.#deps.clock.now() - first * 1_000);
  }

  /** The record owes something at this time; a later word replaces an earlier one. */
  put({ recordId, at }: Due): void {
    const second = Math.ceil(at / 1_000);
    if (this.#known.get(recordId) === second) return;
    this.remove(recordId);
    if (this.#known.size >= KNOWN_MAX) {
      this.#forgotten = true;
      return;
    }
    this.#known.set(recordId, second);
    const ofSecond = this.#seconds.get(second);
    if (ofSecond === undefined) this.#seconds.set(second, new Set([recordId]));
    else ofSecond.add(recordId);
    if (second < this.#looksAt) this.#disarm();
    this.#arm();
  }

  /** It owes nothing of the kind any more. */
  remove(recordId: string): void {
    const second = this.#known.get(recordId);
    if (second === undefined) return;
    this.#known.delete(recordId);
    const ofSecond = this.#seconds.get(second);
    ofSecond?.delete(recordId);
    if (ofSecond?.size !== 0) return;
    this.#seconds.delete(second);
    if (this.#known.size === 0) this.#disarm();
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Begins nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #first(): number | undefined {
    let first: number | undefined;
    for (const second of this.#seconds.keys()) if (first === undefined || second < first) first = second;
    return first;
  }

  /** The next look: when the first is due, so far as is known now, and each tenth of a second as long as some are. */
  #arm(): void {
    if (this.#stopped || this.#timer !== undefined || (this.#known.size === 0 && !this.#forgotten)) return;
    const first = this.#first();
    const now = this.#deps.clock.now();
    const wait = first === undefined ? LOOK_EVERY_MS : first * 1_000 - now;
    const atMost = this.#forgotten ? FORGOTTEN_LOOK_MS : IDLE_LOOK_MS;
    const looksIn = Math.min(Math.max(wait, LOOK_EVERY_MS), atMost);
    this.#looksAt = Math.floor((now + looksIn) / 1_000);
    this.#timer = this.#deps.timers.after(looksIn, () => {
      this.#timer = undefined;
      this.#look();
      this.#arm();
    });
  }

  #look(): void {
    const { clock, busy } = this.#deps;
    if (clock.monotonic() < this.#pausedUntil || busy()) return;
    if (this.#forgotten && this.#known.size < KNOWN_MAX / 2) void this.#search();
    for (let begun = 0; begun < PER_LOOK && this.#underWay < AT_ONCE; begun++) {
      const recordId = this.#due(clock.now());
      if (recordId === undefined) return;
      this.remove(recordId);
      void this.#begin(recordId);
    }
  }

  #due(now: number): string | undefined {
    const first = this.#first();
    if (first === undefined || first * 1_000 > now) return undefined;
    const [recordId] = this.#seconds.get(first) ?? [];
    return recordId;
  }

  async #begin(recordId: string): Promise<void> {
    const { clock, begin, failed } = this.#deps;
    this.#underWay++;
    const taken = await begin(recordId).catch((error: unknown) => {
      failed(error);
      return false;
    });
    this.#underWay--;
    if (taken || this.#stopped) return;
    this.#pausedUntil = clock.monotonic() + PAUSE_MS;
    if (!this.#known.has(recordId)) this.put({ recordId, at: clock.now() + PAUSE_MS });
  }

  /** Takes up a few of those that were too many. */
  async #search(): Promise<void> {
    if (this.#searching) return;
    this.#searching = true;
    try {
      const { due, last } = await this.#deps.more(this.#after);
      if (last === undefined) this.#forgotten = false;
      this.#after = last;
      for (const one of due) if (!this.#known.has(one.recordId)) this.put(one);
    } catch (error) {
      this.#deps.failed(error);
    }
    this.#searching = false;
  }
}
