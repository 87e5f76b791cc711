import { isReady, phasesOf, type Step } from '@payment-manager/connection-manager-client/onboarding';
import type { Finding } from '@payment-manager/operations/doctor';
import type { KeptTest } from '@payment-manager/operations/readiness-test';
import { systemTimers } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { meantBy } from '../meant.ts';
import type { ManagementDoor } from '../operations/management-door.ts';
import { reasonOf } from '../operations/person.ts';
import { style, type Terminal } from '../terminal.ts';
import { findingLine } from './finding-lines.ts';
import { conclude, follow, lastTestLine } from './onboarding-progress.ts';
import { paymentOf } from './readiness-order.ts';

/** As the management API tells it. */
interface ToldProgress {
  readonly fspId: string;
  readonly environment: string;
  readonly phases: readonly { readonly steps: readonly Step[] }[];
  readonly readinessTest?: KeptTest;
}

interface ToldTest {
  readonly run?: { readonly running: boolean; readonly steps: readonly Finding[]; readonly passed?: boolean; readonly failed?: string };
}

const POLL_MS = 200;

/** The way into the scheme of a product that runs with a portal: it makes the steps and the test itself, and this tells of them. */
export async function onboardThrough(
  door: ManagementDoor,
  options: CommandOptions,
  terminal: Terminal,
  patienceMs: number,
): Promise<number> {
  const quiet = options['json'] === true;
  const tell = (line: string): void => (quiet ? undefined : terminal.out(line));
  const told = await progressAt(door);
  tell(`${style.bold(`Connecting ${told.fspId} to ${told.environment}`)}`);
  tell(`${lastTestLine(told.readinessTest)}\n`);
  const steps = await follow({ read: async () => stepsOf(await progressAt(door)) }, patienceMs, tell);
  const test = isReady(steps) ? await tested(door, options, terminal, tell) : undefined;
  const findings = test?.steps ?? [];
  const connected = test?.passed === true;
  if (quiet) terminal.out(JSON.stringify({ environment: told.environment, connected, phases: phasesOf(steps), tests: findings }));
  else conclude({ fspId: told.fspId, onboard: `./pm onboard${meantBy(options)}`, steps, findings, connected }, terminal);
  return connected ? EXIT_CODES.ok : EXIT_CODES.failed;
}

async function progressAt(door: ManagementDoor): Promise<ToldProgress> {
  return (await door.ask('GET /api/connection/progress')) as unknown as ToldProgress;
}

function stepsOf({ phases }: ToldProgress): readonly Step[] {
  return phases.flatMap(({ steps }) => steps);
}

async function tested(
  door: ManagementDoor,
  options: CommandOptions,
  terminal: Terminal,
  tell: (line: string) => void,
): Promise<NonNullable<ToldTest['run']>> {
  const payment = await paymentOf(options, terminal);
  const reason = reasonOf(options, './pm onboard');
  const { party, payer } = options;
  tell(style.bold('\nTests'));
  if (payment === undefined) await door.ask('POST /api/connection/test', { reason, ...(typeof party === 'string' && { party }) });
  else {
    const { amount, currency } = payment;
    await door.ask('POST /api/connection/test/payment', { party, payer, amount, currency, reason });
  }
  let shown = 0;
  for (;;) {
    const { run } = (await door.ask('GET /api/connection/test')) as ToldTest;
    if (run === undefined) throw new CommandFailed(EXIT_CODES.unavailable, 'The test is not there any more: the product was started anew.');
    for (const finding of run.steps.slice(shown)) for (const line of findingLine(finding)) tell(line);
    shown = run.steps.length;
    if (run.failed !== undefined) throw new CommandFailed(EXIT_CODES.failed, `The test could not be made: ${run.failed}`);
    if (!run.running) return run;
    await new Promise<void>((resolve) => void systemTimers.after(POLL_MS, resolve));
  }
}
