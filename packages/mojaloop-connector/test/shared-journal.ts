import { type Journal, type Letter, memoryJournal, type StoredRecord } from '@payment-manager/journal';

/** A journal that several connectors of a test share, each as a replica of its own. Notices come at once, or when a test lets them. */
export interface SharedJournal {
  replica(self: string): Journal;
  /** The replica's lease ends: it appends nothing more, and others may take over. */
  end(self: string): void;
  /** Notices are held back, as if LISTEN were slow. */
  notices: 'at once' | 'held';
  /** What one left for the others, and nobody has taken yet. */
  mail(): readonly Letter[];
}

/** How long a letter is for those who wait for it; then it is for whoever looks. */
const MAIL_LIFE_MS = 3_000;

/** `now` times the mail. */
export function sharedJournal(now: () => number = () => 0): SharedJournal {
  let letters: readonly { readonly topic: string; readonly message: string; readonly at: number }[] = [];
  const posted = new Map<string, () => void>();
  const aged = ({ topic, message, at }: (typeof letters)[number]): Letter => ({ topic, message, ageMs: now() - at });
  const store = memoryJournal();
  const owners = new Map<string, string[]>();
  const topics = new Map<string, readonly string[]>();
  const listeners = new Map<string, (recordIds: readonly string[]) => void>();
  const ended = new Set<string>();
  const owned = (record: StoredRecord): StoredRecord => ({ ...record, owners: [...(owners.get(record.recordId) ?? [])] });
  const shared: SharedJournal = {
    notices: 'at once',
    end: (self) => void ended.add(self),
    mail: () => letters.map(aged),
    replica: (self) => ({
      ...store,
      async append(append) {
        const result = await store.append(append);
        if (result.kind !== 'appended') return result;
        owners.set(append.recordId, [...(owners.get(append.recordId) ?? []), ...append.events.map(() => self)]);
        topics.set(append.recordId, append.topics ?? []);
        if (shared.notices === 'at once') for (const [other, listener] of listeners) if (other !== self) listener([append.recordId]);
        return result;
      },
      async load(recordId) {
        const record = await store.load(recordId);
        return record && owned(record);
      },
      replica: {
        self,
        alive: () => !ended.has(self),
        async takeOver(limit) {
          const open = await store.openRecords(1_000);
          const left = open.filter(({ recordId }) => owners.get(recordId)?.some((owner) => ended.has(owner))).slice(0, limit);
          for (const { recordId } of left)
            owners.set(
              recordId,
              (owners.get(recordId) ?? []).map((owner) => (ended.has(owner) ? self : owner)),
            );
          return left.map(owned);
        },
        findByTopic: async (topic) => [...topics].filter(([, all]) => all.includes(topic)).map(([recordId]) => recordId),
        onChanged(listener) {
          listeners.set(self, (recordIds) => listener(recordIds));
          return () => void listeners.delete(self);
        },
        mail: {
          async post(topic, message) {
            letters = [...letters, { topic, message, at: now() }];
            if (shared.notices === 'at once') for (const listener of posted.values()) listener();
            return true;
          },
          async collect(wanted) {
            const oldest = wanted.map((topic) => letters.find((letter) => letter.topic === topic));
            const taken = letters.filter((letter) => oldest.includes(letter) || now() - letter.at > MAIL_LIFE_MS);
            letters = letters.filter((letter) => !taken.includes(letter));
            return taken.map(aged);
          },
          onPosted(listener) {
            posted.set(self, listener);
            return () => void posted.delete(self);
          },
        },
      },
    }),
  };
  return shared;
}
