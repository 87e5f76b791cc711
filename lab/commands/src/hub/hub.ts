import { type Command, CommandFailed, EXIT_CODES, printable, stayAlive, style } from '@payment-manager/payment-manager';
import { createHttpClient } from '@payment-manager/runtime';
import type { DfspOverview } from '@payment-manager/sandbox';
import { enrolments, overview } from './hub-overview.ts';
import { orderOf, verbs } from './hub-verbs.ts';
import { type OperatorCall, operatorOf } from './operator-client.ts';
import { retireCas, rotateCa } from './rotate-ca.ts';

/** `./pm hub`: what the people at the sandbox's hub do with its Connection Manager. */
export const hub: Command = async ([name = 'dfsps', ...args], options, terminal) => {
  const perform = workOf(name, args, options);
  const client = createHttpClient({});
  try {
    return await stayAlive(async () => perform({ operator: await operatorOf(options, terminal, client), options, terminal }));
  } finally {
    await client.close();
  }
};

interface Hub {
  readonly operator: OperatorCall;
  readonly options: Parameters<Command>[1];
  readonly terminal: Parameters<Command>[2];
}

type Work = (hub: Hub) => Promise<number>;

/** What looks or goes on for longer than one answer; the others are in `verbs`. */
const works: Readonly<Record<string, Work>> = Object.assign(Object.create(null), {
  async dfsps({ operator, options, terminal }: Hub) {
    const [server, { dfsps }, { faults }] = [await operator('GET', '/'), await operator('GET', '/dfsps'), await operator('GET', '/faults')];
    terminal.out(options['json'] === true ? JSON.stringify({ ...server, dfsps, faults }) : overview(server, { dfsps }, { faults }));
    return EXIT_CODES.ok;
  },
  async enrolments({ operator, options, terminal }: Hub) {
    const dfsps = await dfspsOf(operator);
    const json = () => JSON.stringify(dfsps.map((one) => ({ fspId: one.fspId, dfsp: one.enrolments, hub: one.hubEnrolments })));
    terminal.out(options['json'] === true ? json() : enrolments(dfsps));
    return EXIT_CODES.ok;
  },
  'rotate-ca': ({ operator, options, terminal }: Hub) => rotateCa(operator, options, terminal),
  'retire-ca': ({ operator, terminal }: Hub) => retireCas(operator, terminal),
});

/** @throws CommandFailed for a verb or arguments that cannot be */
function workOf(name: string, args: readonly string[], options: Hub['options']): Work {
  const work = works[name];
  if (work !== undefined && args.length === 0) return work;
  if (work !== undefined) throw new CommandFailed(EXIT_CODES.usage, `Usage: ./pm hub ${name}`);
  const verb = verbs.find((one) => one.name === name);
  if (verb === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `Unknown action '${name}'. ./pm hub knows ${[...Object.keys(works), ...verbs.map((one) => one.name)].join(', ')}.`,
    );
  const make = orderOf(verb, args, options);
  return async ({ operator, terminal }) => {
    const order = make(await dfspsOf(operator));
    for (const { method, path, body } of order.requests) {
      const answer = await operator(method, path, body);
      for (const line of order.tell?.(answer) ?? []) terminal.out(printable(line));
    }
    terminal.out(style.good(order.done));
    return EXIT_CODES.ok;
  };
}

async function dfspsOf(operator: OperatorCall): Promise<readonly DfspOverview[]> {
  return (await operator('GET', '/dfsps'))['dfsps'] as readonly DfspOverview[];
}
