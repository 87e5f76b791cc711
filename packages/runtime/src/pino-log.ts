import { type DestinationStream, destination, pino } from 'pino';
import type { Log, LogFields } from './log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  /** Lines below this level are not written. */
  level: LogLevel;
  /** Where lines go; default the standard output, gathered and written off the event loop. */
  destination?: DestinationStream;
  /** One line for people instead of JSON. */
  pretty?: boolean;
  /** Other processes write into the same standard output: lines are written in pieces that a pipe keeps together. */
  sharedOutput?: boolean;
}

/** Longest text in a field or a message; the rest is cut ("everything has a limit"). */
const LONGEST_TEXT_CHARS = 2_048;
/** Lines are gathered up to this many characters before they are written, and at least four times a second. */
const GATHER_CHARS = 16_000;
/** Linux writes up to 4,096 bytes into a pipe in one piece. A line that is longer by itself is written alone. */
const PIPE_CHARS = 4_000;
const FLUSH_EVERY_MS = 250;

/**
 * A log of JSON lines (`level`, `time`, fields, `msg`). Writing never blocks a payment: lines are gathered and written
 * in the background; what is gathered is written when the process exits, and lost when it is killed. `process.exit` may put the last pieces in another order.
 */
export function createLog(options: LogOptions): Log {
  return createAdjustableLog(options).log;
}

/** A log whose least important level can be another one later, for all that was made of it. */
export interface AdjustableLog {
  readonly log: Log;
  setLevel(level: LogLevel): void;
}

/** The same with its level to be changed. */
export function createAdjustableLog(options: LogOptions): AdjustableLog {
  const gate: Gate = { least: RANKS[options.level] };
  const noted = options.destination === undefined ? new Noted() : undefined;
  const target = options.destination ?? standardOutput(options.sharedOutput === true ? PIPE_CHARS : GATHER_CHARS, () => noted?.format());
  const stream = options.pretty ? prettyStream(target) : target;
  const timestamp = (): string => `,"time":"${isoTime(noted?.time ?? Date.now())}"`;
  // the gate decides, at each line
  const under = pino({ level: 'debug', base: null, timestamp, formatters: { level: levelName } }, stream);
  return {
    log: logOver(under, noted, gate),
    setLevel(level) {
      gate.least = RANKS[level];
    },
  };
}

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

/** The rank of the least important level that is written, for a log and all its children. */
interface Gate {
  least: number;
}

let lastTime = 0;
let lastText = new Date(0).toISOString();

/** Many lines are of one millisecond. */
function isoTime(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastText = new Date(time).toISOString();
  }
  return lastText;
}

/** So many lines are noted before they are formatted. */
const NOTED_MAX = 64;

interface NotedLine {
  readonly under: Pino;
  readonly level: Level;
  readonly time: number;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/**
 * Lines that are not formatted yet. Formatting costs most where it is done now and then, between other work: so it is done for many
 * at once.
 */
class Noted {
  /** Of the line that is being formatted, milliseconds since the epoch. */
  time = 0;
  #lines: NotedLine[] = [];

  note(line: NotedLine): void {
    this.#lines.push(line);
    if (this.#lines.length >= NOTED_MAX) this.format();
  }

  format(): void {
    const lines = this.#lines;
    this.#lines = [];
    for (const { under, level, time, message, fields } of lines) {
      this.time = time;
      write(under, level, message, fields);
    }
  }
}

const levelName = (label: string) => ({ level: label });

/**
 * Gathered here, and not by pino's stream, which measures all that it holds anew at each line: with 16 KB gathered that
 * took more memory than all else that a payment does.
 */
function standardOutput(longestWriteChars: number, format: () => void): DestinationStream {
  const stream = destination({ fd: 1, sync: false, maxWrite: longestWriteChars });
  let lines: string[] = [];
  let chars = 0;
  let closed = false;
  stream.once('close', () => {
    closed = true;
  });
  const flush = (): void => {
    if (chars === 0 || closed) return;
    const text = lines.join('');
    lines = [];
    chars = 0;
    stream.write(text);
  };
  const flushAll = (): void => {
    format();
    flush();
  };
  setInterval(flushAll, FLUSH_EVERY_MS).unref();
  process.on('beforeExit', flushAll);
  process.on('exit', () => {
    flushAll();
    if (!closed) stream.flushSync();
  });
  return {
    write(line: string) {
      if (chars + line.length > longestWriteChars) flush();
      lines.push(line);
      chars += line.length;
    },
  };
}

type Pino = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error' | 'child'>;

type Level = 'debug' | 'info' | 'warn' | 'error';

function logOver(under: Pino, noted: Noted | undefined, gate: Gate): Log {
  const at = (level: Level) => {
    const rank = RANKS[level];
    return (message: string, fields?: LogFields): void => {
      if (rank < gate.least) return;
      if (noted === undefined) write(under, level, message, fields);
      else noted.note({ under, level, time: Date.now(), message, fields });
    };
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => logOver(under.child(bounded(fields)), noted, gate),
  };
}

function write(under: Pino, level: Level, message: string, fields: LogFields | undefined): void {
  if (fields) under[level](bounded(fields), cut(message));
  else under[level](cut(message));
}

/** The fields themselves when nothing in them is too long, which is nearly always. */
function bounded(fields: LogFields): LogFields {
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string' && value.length > LONGEST_TEXT_CHARS) {
      return Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, typeof text === 'string' ? cut(text) : text]));
    }
  }
  return fields;
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT_CHARS ? `${text.slice(0, LONGEST_TEXT_CHARS)}…` : text;
}

/** Turns each JSON line into `12:05:10.123 INFO  message  key=value …`. For people at a terminal, not for volume. */
function prettyStream(target: DestinationStream): DestinationStream {
  return {
    write(line: string) {
      const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, string | number | boolean>;
      const parts = Object.entries(fields).map(([key, value]) => `${key}=${value}`);
      target.write(`${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${[msg, ...parts].join('  ')}\n`);
    },
  };
}
