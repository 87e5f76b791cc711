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
  const target = options.destination ?? standardOutput(options.sharedOutput === true ? PIPE_CHARS : GATHER_CHARS);
  const stream = options.pretty ? prettyStream(target) : target;
  return logOver(
    pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelName } }, stream),
  );
}

const levelName = (label: string) => ({ level: label });

/**
 * Gathered here, and not by pino's stream, which measures all that it holds anew at each line: with 16 KB gathered that
 * took more memory than all else that a payment does.
 */
function standardOutput(longestWriteChars: number): DestinationStream {
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
  setInterval(flush, FLUSH_EVERY_MS).unref();
  process.on('beforeExit', flush);
  process.on('exit', () => {
    flush();
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

type Pino = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error' | 'child' | 'isLevelEnabled'>;

function logOver(under: Pino): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => {
    if (!under.isLevelEnabled(level)) return ignore;
    return (message: string, fields?: LogFields) => {
      if (fields) under[level](bounded(fields), cut(message));
      else under[level](cut(message));
    };
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => logOver(under.child(bounded(fields))),
  };
}

const ignore = (): void => {};

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
