import type { CompiledConnector } from '../language/compile-connector.ts';
import type { MoneyStep, Operation } from '../language/operation.ts';
import { operationKey } from '../run/interpret.ts';

/** A connector as it runs: compiled, with what a bank has filled in, and a name for just that. */
export interface RunningConnector {
  readonly connector: CompiledConnector;
  /** Another one for other files or settings. */
  readonly version: string;
  /** The settings, by name. */
  readonly cfg: Readonly<Record<string, string>>;
}

/** The operation under the name that records know it by, e.g. `transfer.finalise COMMITTED`. */
export function operationNamed({ connector }: RunningConnector, key: string): Operation | undefined {
  return namesOf(connector).operations.get(key);
}

interface Names {
  readonly operations: ReadonlyMap<string, Operation>;
  /** By operation and effect. */
  readonly steps: ReadonlyMap<string, MoneyStep>;
}

/** A compiled connector does not change: what it has is found once. */
const known = new WeakMap<CompiledConnector, Names>();

function namesOf(connector: CompiledConnector): Names {
  const before = known.get(connector);
  if (before !== undefined) return before;
  const operations = new Map(connector.operations.map((operation) => [operationKey(operation), operation]));
  const steps = new Map(
    [...operations].flatMap(([key, operation]) =>
      operation.steps.flatMap((step) => (step.kind === 'money' ? [[stepKey(key, step.money.name), step.money] as const] : [])),
    ),
  );
  const names: Names = { operations, steps };
  known.set(connector, names);
  return names;
}

function stepKey(operation: string, effect: string): string {
  return `${operation}\n${effect}`;
}

/** The step of an effect, where the connector has it. */
export function stepOf(running: RunningConnector, operation: string, effect: string): MoneyStep | undefined {
  return namesOf(running.connector).steps.get(stepKey(operation, effect));
}

/** How long a call of the step may take. */
export function callMs({ connector }: RunningConnector, step: MoneyStep): number {
  return step.deadlineMs ?? connector.backends.get(step.call.to)?.timeouts.totalMs ?? DEFAULT_MS;
}
const DEFAULT_MS = 8_000;

/** What takes may be refused; what follows the hub's word has to be done. */
export function takes(operation: string): boolean {
  return operation === 'transfer.prepare' || operation === 'send.hold';
}

/** What gives back what an operation has taken. */
export function undoOf(operation: string): string {
  return operation === 'transfer.prepare' ? 'transfer.finalise ABORTED' : 'send.release';
}

const OPPOSITE: Readonly<Record<string, readonly string[]>> = {
  'transfer.prepare': ['transfer.finalise COMMITTED', 'transfer.finalise ABORTED'],
  'transfer.finalise COMMITTED': ['transfer.finalise ABORTED'],
  'transfer.finalise ABORTED': ['transfer.finalise COMMITTED'],
  'send.hold': ['send.capture', 'send.release'],
  'send.capture': ['send.release'],
  'send.release': ['send.capture'],
};

/** Operations after which this one cannot begin: the outcome is the contrary, or is there already. */
export function excludedBy(operation: string): readonly string[] {
  return OPPOSITE[operation] ?? [];
}

/** A call that was not sent, or whose outcome is unknown, is tried so often within an operation that may be refused. */
export const ATTEMPTS = 4;
/** Repeats under a key before it is asked, where it can be. */
export const REPEATS = 3;
/** So many enquiries without a word, and a person is told; they go on. */
export const ASKS = 8;
const FIRST_MS = 500;
const LONGEST_MS = 300_000;
/** A repeat must arrive before the core forgets the key. */
export const KEY_MARGIN_MS = 60_000;

/** Each time twice as long. */
export function pauseMs(count: number): number {
  return Math.min(FIRST_MS * 2 ** Math.min(count, 20), LONGEST_MS);
}
