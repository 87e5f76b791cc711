import { stripTypeScriptTypes } from 'node:module';
import { type Context, createContext, Script } from 'node:vm';
import { FUNCTIONS } from '../expression/functions/index.ts';
import { type Parameter, plain, type RegisteredFunction } from '../expression/functions/registered.ts';
import { BOOLEAN, TEXT } from '../expression/shape.ts';
import { EvaluationFailed, type Value } from '../expression/value.ts';
import type { Problems } from './problem.ts';

/** Functions of a connector’s own, by their names. */
export type PlugIns = ReadonlyMap<string, RegisteredFunction>;

const FILE = 'functions.ts';
const TEXT_MAX = 65_536;
const FUNCTIONS_MAX = 50;
/** How long the file, and each call of a function, may take: of the thread's own time, so that a busy machine fails no payment. */
const LOAD_MS = 200;
const CALL_MS = 50;
/** A machine on which a thread does not get that time in so many tries, each twice as long as the one before, fails them all the same. */
const TRIES_MAX = 8;
const ANSWER_MAX = 65_536;

/** `export function name(one: string, other?: string): string {`, on one line. */
const SIGNATURE = /^export function ([A-Za-z][A-Za-z0-9]{0,62})\(([^()]*)\): (string|boolean)(?: \| undefined)? \{/;
const FORM = 'a function is written `export function name(one: string, other?: string): string {`, and gives string or boolean';
const PARAMETER = /^([A-Za-z][A-Za-z0-9]*)(\?)?: string$/;
/** What would make two calls differ. */
const WITHOUT = `for (const name of ['Date', 'Intl', 'Temporal', 'WebAssembly', 'Atomics', 'SharedArrayBuffer', 'WeakRef', 'FinalizationRegistry', 'console']) delete globalThis[name];
delete Math['random']; Object.freeze(Math);`;

/**
 * Reads `functions.ts`: pure functions of texts in TypeScript, for what expressions cannot say, e.g. a check digit. They are the bank’s own code, as much
 * trusted as the bank trusts whoever writes it: what holds them here keeps mistakes small, and stops no attacker. They run in a context of their own
 * without modules, clock, randomness, or code made of texts; each call has a time; only texts go in, and a text or a truth value comes out.
 */
export function compilePlugIns(text: string | undefined, problems: Problems): PlugIns {
  const plugIns = new Map<string, RegisteredFunction>();
  if (text === undefined) return plugIns;
  const before = problems.count;
  const at = (line: number, column = 1) => ({ file: FILE, line, column });
  if (text.length > TEXT_MAX) problems.add('VALUE_WRONG', at(1), `the file has more than ${TEXT_MAX} characters`);
  const lines = text.split('\n');
  const signatures = lines.flatMap((line, index) => (/^export\b/.test(line) ? [{ line, index }] : []));
  if (signatures.length > FUNCTIONS_MAX) problems.add('VALUE_WRONG', at(1), `the file has more than ${FUNCTIONS_MAX} functions`);
  for (const [index, line] of lines.entries())
    if (/^\s*import\b|\bimport\s*\(|^(?:let|var)\b/.test(line))
      problems.add('VALUE_WRONG', at(index + 1), 'functions import nothing and keep nothing: neither import, nor let or var outside them');
  const read: { readonly name: string; readonly parameters: readonly Parameter[]; readonly givesBoolean: boolean }[] = [];
  for (const { line, index } of signatures) {
    const [, name, takes = '', gives] = SIGNATURE.exec(line) ?? [];
    const parameters = takes.split(',').map((each) => parameterOf(each.trim()));
    if (name === undefined || !parameters.every((each) => each !== undefined)) problems.add('VALUE_WRONG', at(index + 1), FORM);
    else if (FUNCTIONS.has(name) || read.some((one) => one.name === name))
      problems.add('NAME_TWICE', at(index + 1), `there is a function ${name} already`);
    else read.push({ name, parameters, givesBoolean: gives === 'boolean' });
  }
  const context = problems.count > before ? undefined : contextOf(text, problems);
  if (context !== undefined)
    for (const { name, parameters, givesBoolean } of read) plugIns.set(name, plugIn(name, parameters, givesBoolean, context));
  return plugIns;
}

function parameterOf(text: string): Parameter | undefined {
  const [, name, optional] = PARAMETER.exec(text) ?? [];
  return name === undefined ? undefined : { name, takes: 'text', ...(optional === '?' && { optional: true }) };
}

/** The file, run once. Undefined where it cannot be, which was told. */
function contextOf(text: string, problems: Problems): Context | undefined {
  try {
    const script = stripTypeScriptTypes(text, { mode: 'strip' }).replaceAll(/^export (?=function\b)/gm, '       ');
    const file = new Script(`'use strict';${script}`, { filename: FILE });
    return runWithin(LOAD_MS, (timeout) => {
      const context = createContext(Object.create(null) as object, { codeGeneration: { strings: false, wasm: false } });
      new Script(WITHOUT).runInContext(context);
      file.runInContext(context, { timeout });
      return context;
    });
  } catch (error) {
    const line = Number(/functions\.ts:(\d+)/.exec((error as Error).stack ?? '')?.[1] ?? 1);
    problems.add('VALUE_WRONG', { file: FILE, line, column: 1 }, `it cannot be run: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}

/**
 * Runs it for at most that long by the thread's own time. The limit of `vm` is by the clock on the wall: what it ended though the thread has not
 * had that time is run anew and given longer, which pure functions allow.
 *
 * @throws what it throws
 */
function runWithin<T>(ms: number, run: (timeout: number) => T): T {
  for (let tries = 1; ; tries++) {
    const before = process.threadCpuUsage();
    try {
      return run(ms * 2 ** (tries - 1));
    } catch (error) {
      const { user, system } = process.threadCpuUsage(before);
      const spent = (user + system) / 1_000 >= ms * 0.9;
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT' || spent || tries === TRIES_MAX) throw error;
    }
  }
}

function plugIn(name: string, parameters: readonly Parameter[], givesBoolean: boolean, context: Context): RegisteredFunction {
  const call = new Script(`${name}(...JSON.parse($given))`);
  return plain(name, {
    summary: 'A function of the connector’s own',
    example: `$${name}(…)`,
    parameters,
    gives: givesBoolean ? BOOLEAN : TEXT,
    run: (...given: Value[]) => {
      // a text goes in, so that no object of ours is in its reach
      context['$given'] = JSON.stringify(given.map((each) => each ?? undefined));
      let result: unknown;
      try {
        result = runWithin(CALL_MS, (timeout) => call.runInContext(context, { timeout }));
      } catch {
        throw new EvaluationFailed(`$${name} failed`);
      }
      if (result === undefined) return undefined;
      if (typeof result !== (givesBoolean ? 'boolean' : 'string'))
        throw new EvaluationFailed(`$${name} has given something else than it says`);
      if (typeof result === 'string' && result.length > ANSWER_MAX)
        throw new EvaluationFailed(`$${name} has given more than ${ANSWER_MAX} characters`);
      return result as string | boolean;
    },
  });
}
