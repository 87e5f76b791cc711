// a process of its own: its workers take the time of whoever shares it
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { CONNECTOR, smallConnector } from '../../test/small-connector.ts';
import { compileExpression } from '../expression/compile.ts';
import { FUNCTIONS } from '../expression/functions/index.ts';
import { ANY } from '../expression/shape.ts';
import { EvaluationFailed, type Value } from '../expression/value.ts';
import { versionName } from '../loading/kept-version.ts';
import { compileConnector } from './compile-connector.ts';
import { compilePlugIns } from './plug-ins.ts';
import { Problems, problemLine } from './problem.ts';

const LUHN = `// the check digit of an account
const DOUBLED = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9] as const;
function sumOf(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => sum + (index % 2 === 0 ? DOUBLED[Number(digit)]! : Number(digit)), 0);
}
export function withCheckDigit(account: string, prefix?: string): string {
  return (prefix ?? '') + account + String((10 - (sumOf(account) % 10)) % 10);
}
export function isAccount(account: string): boolean {
  return /^\\d{5}$/.test(account);
}
`;

function compiled(text: string) {
  const problems = new Problems();
  return { plugIns: compilePlugIns(text, problems), told: problems.all.map(problemLine) };
}

function evaluate(functions: string, expression: string): Value {
  const { plugIns, told } = compiled(functions);
  assert.deepEqual(told, []);
  return compileExpression(expression, ANY, new Map([...FUNCTIONS, ...plugIns])).evaluate(Object.create(null));
}

test('a function of the connector is called as one of the language', () => {
  assert.equal(evaluate(LUHN, '$withCheckDigit("7992739871")'), '79927398713');
  assert.equal(evaluate(LUHN, '$withCheckDigit("7992739871", "A")'), 'A79927398713');
  assert.equal(evaluate(LUHN, '$isAccount("12345") and $not($isAccount("x"))'), true);
  assert.equal(evaluate(LUHN, '$withCheckDigit(missing)'), undefined, 'what is missing stays so');
  assert.throws(() => evaluate(LUHN, '$withCheckDigit(12)'), /must be a text/);
});

test('nothing that differs between two calls is there, nor a way out', () => {
  for (const [body, what] of [
    ['return String(Date.now());', 'a clock'],
    ['return String(Math.random());', 'randomness'],
    ['return new Intl.DateTimeFormat().format();', 'a clock by another name'],
    ['return String(process.pid);', 'the process'],
    ['return require("node:fs").readFileSync("/etc/hostname", "utf8");', 'files'],
    ['return String(Function("return 1")());', 'code made of a text'],
    ['return String(eval("1"));', 'code made of a text'],
    ['return a.constructor.constructor("return process")().version;', 'a way out by what it is given'],
    ['for (;;) {}', 'an end that never comes'],
    ['return ("x" as string).repeat(100_000);', 'a text that is too long'],
    ['return 1 as unknown as string;', 'a number'],
    ['return { a } as unknown as string;', 'an object'],
    ['throw new Error("canary");', 'an error with what it was given'],
  ] as const)
    assert.throws(
      () => evaluate(`export function f(a: string): string {\n  ${body}\n}\n`, '$f("canary")'),
      (error: unknown) => error instanceof EvaluationFailed && !error.message.includes('canary'),
      what,
    );
});

test('a machine that has other work to do makes no call fail: the time is the thread’s own', async () => {
  const upTo = 'export function upTo(to: string): string {\n  let n = 0;\n  while (n < Number(to)) n++;\n  return String(n);\n}\n';
  const { plugIns } = compiled(upTo);
  const count = compileExpression('$upTo(to)', ANY, new Map([...FUNCTIONS, ...plugIns]));
  const cpuMs = (to: number): number => {
    const before = process.threadCpuUsage();
    assert.equal(count.evaluate(Object.assign(Object.create(null), { to: String(to) })), String(to));
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1_000;
  };
  let to = 10_000;
  while (cpuMs(to) < 15) to = Math.ceil(to * 1.5);
  const busy = Array.from({ length: 6 * availableParallelism() }, () => new Worker('for (;;) {}', { eval: true }));
  try {
    await Promise.all(busy.map((worker) => once(worker, 'online')));
    for (let calls = 0; calls < 5; calls++) cpuMs(to);
  } finally {
    await Promise.all(busy.map((worker) => worker.terminate()));
  }
});

test('what is no plug-in is told with its line', () => {
  for (const [text, told] of [
    ['import { readFileSync } from "node:fs";\n', /^functions\.ts:1:1 functions import nothing/],
    ['let count = 0;\n', /^functions\.ts:1:1 functions import nothing and keep nothing/],
    ['export const f = (a: string): string => a;\n', /^functions\.ts:1:1 a function is written/],
    ['\nexport function f(a: number): string {\n  return String(a);\n}\n', /^functions\.ts:2:1 a function is written/],
    ['export function f(): string {\n  return "";\n}\n', /^functions\.ts:1:1 a function is written/],
    ['export async function f(a: string): Promise<string> {\n  return a;\n}\n', /a function is written|cannot be run/],
    ['export function trim(a: string): string {\n  return a;\n}\n', /^functions\.ts:1:1 there is a function trim already/],
    ['export function f(a: string): string {\n  return a\n', /^functions\.ts:\d+:1 it cannot be run/],
    ['for (;;) {}\n', /it cannot be run: .*timed out/],
  ] as const)
    assert.match(compiled(text).told.join('\n'), told, text);
});

test('a connector has its functions, and they are a part of its version', () => {
  const files = smallConnector({ connector: CONNECTOR });
  const first = [...files.operations].find(([, text]) => text.includes('=req.idType')) as [string, string];
  const operations = new Map([...files.operations, [first[0], first[1].replace('=req.idType', '=$upper(req.idType)')]]);
  const upper = 'export function upper(a: string): string {\n  return a.toUpperCase();\n}\n';
  assert.match(
    compileConnector({ ...files, operations })
      .problems.map(problemLine)
      .join('\n'),
    /\$upper is not a function of the language/,
  );
  assert.deepEqual(compileConnector({ ...files, operations, functions: upper }).problems.map(problemLine), []);
  const versions = [undefined, upper, `${upper}\n`].map((functions) =>
    versionName({ files: { ...files, ...(functions && { functions }) }, settings: {} }),
  );
  assert.equal(new Set(versions).size, 3);
});
