interface StoredLetter {
  readonly topic: string;
  readonly message: string;
  readonly postedAt: number;
}

/** What replicas left for each other: `database/postgres-mail.ts` in a list. */
export interface Mail {
  post(topic: string, message: string): void;
  /** @returns the rows of `collect_mail` */
  collect(topics: readonly string[], lifeMs: number): readonly { topic: string; message: string; age_ms: number }[];
}

/** No mail yet; `now` is the server's clock. */
export function noMail(now: () => number): Mail {
  let letters: readonly StoredLetter[] = [];
  return {
    post(topic, message) {
      letters = [...letters, { topic, message, postedAt: now() }];
    },
    collect(topics, lifeMs) {
      const oldest = new Set(topics.map((topic) => letters.find((letter) => letter.topic === topic)));
      const taken = letters.filter((letter) => oldest.has(letter) || now() - letter.postedAt > lifeMs);
      letters = letters.filter((letter) => !taken.includes(letter));
      return taken.map(({ topic, message, postedAt }) => ({ topic, message, age_ms: now() - postedAt }));
    },
  };
}
