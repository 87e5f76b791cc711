import { JournalUnavailable, type Letter, type ReplicaMail } from '@payment-manager/journal';
import type { AlarmCode, Sealer, Timer, World } from '@payment-manager/runtime';
import type { ReadAnswer, Reads } from './reads.ts';

export interface PassedOnDeps extends Pick<World, 'timers' | 'log'> {
  /** Absent: no replicas. */
  readonly mail: ReplicaMail | undefined;
  readonly reads: Reads<ReadAnswer>;
  readonly sealer: Sealer;
  readonly alarm: (code: AlarmCode, label: string, reason: string, peer?: string) => void;
  /** Nobody waits for it anywhere. Rejects with a `JournalUnavailable`. */
  readonly unclaimed: (unexpected: Omit<Unexpected, 'topic'>) => Promise<void>;
}

/** A callback for which nobody waits here: to which question it would be an answer, and what is told when nobody waits anywhere. */
export interface Unexpected {
  readonly topic: string;
  readonly answer: ReadAnswer;
  /** The id by which people know what it is about; may be empty. */
  readonly label: string;
  readonly reason: string;
}

/** Callbacks that reach one replica while the request that waits for them is held by another one. */
export interface PassedOn {
  /** Resolves when it was left for the others, or told as an alarm. Rejects with a `JournalUnavailable`. */
  offer(unexpected: Unexpected): Promise<void>;
  start(): void;
  stop(): void;
}

/** How often it is looked for what was left, besides the notices. */
const COLLECT_EVERY_MS = 1_000;
/** More than so many callbacks in that time are not passed on. */
const OFFERS_MAX = 5_000;

/**
 * Passes on what is an answer to a question that is nobody's record, sealed, since it is about people and since its signature is
 * looked at where it comes in only. What nobody takes comes back to one of all, and is an alarm.
 */
export function passedOn(deps: PassedOnDeps): PassedOn {
  const { mail, reads, sealer, timers } = deps;
  let offers = 0;
  let collecting = false;
  let again = false;
  let stopped = false;
  let timer: Timer | undefined;
  let endListening = (): void => {};

  const unexpected = (told: Omit<Unexpected, 'topic'>): Promise<void> => {
    deps.alarm('CALLBACK_UNEXPECTED', told.label, told.reason, told.answer.source);
    return deps.unclaimed(told);
  };

  async function deliver({ topic, message, ageMs }: Letter): Promise<void> {
    try {
      const { answer, ...told } = JSON.parse(Buffer.from(sealer.open(message, topic)).toString()) as Omit<Unexpected, 'topic'>;
      if (!reads.answer(topic, { ...answer, ageMs })) await unexpected({ answer, ...told });
    } catch (error) {
      deps.log.error('a callback that a replica left cannot be read', { error: String(error) });
    }
  }

  /** One at a time; what is left meanwhile leads to another. A failed one is made up for by the next. */
  async function collect(from: ReplicaMail): Promise<void> {
    again = true;
    if (collecting) return;
    collecting = true;
    try {
      while (again && !stopped) {
        again = false;
        const letters = await from.collect(reads.topics());
        for (const letter of letters) await deliver(letter);
        // of each topic one is given at a time
        if (letters.length > 0 && reads.topics().length > 0) again = true;
      }
    } catch (error) {
      if (!(error instanceof JournalUnavailable)) deps.log.error('a callback could not be handed on', { error: String(error) });
    } finally {
      collecting = false;
    }
  }

  function later(from: ReplicaMail): void {
    if (stopped) return;
    timer = timers.after(COLLECT_EVERY_MS, () => {
      offers = 0;
      void collect(from).then(() => later(from));
    });
  }

  return {
    async offer({ topic, answer, label, reason }) {
      const told = { label, reason, answer };
      if (mail === undefined || ++offers > OFFERS_MAX) return unexpected(told);
      const sealed = sealer.seal(Buffer.from(JSON.stringify(told)), topic);
      if (!(await mail.post(topic, sealed))) await unexpected(told);
    },
    start() {
      if (mail === undefined) return;
      endListening = mail.onPosted(() => {
        if (reads.topics().length > 0) void collect(mail);
      });
      later(mail);
    },
    stop() {
      stopped = true;
      timer?.cancel();
      endListening();
    },
  };
}
