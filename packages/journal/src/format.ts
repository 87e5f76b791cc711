/**
 * The formats of what is written in a journal, beside the tables: which kinds of events there are and what they hold. A process reads all formats up to
 * `journalFormat`. The journal has the number of the highest that may be in it: a process that does not read it is refused at its opening
 * (`DATABASE_NEWER`), and a kind of event of a later format is written only when `Journal.writes` says so, which is once every process that shares the
 * journal reads it. The number never falls.
 *
 * | format | what came with it |
 * |---|---|
 * | 1 | everything until now |
 */
export const JOURNAL_FORMAT = 1;
