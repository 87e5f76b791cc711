import type { Command } from './commands.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { type ManagementDoor, managementDoor } from './operations/management-door.ts';
import { stayAlive } from './stay-alive.ts';
import { printable, style, type Terminal, table } from './terminal.ts';

/** `./pm alerts`: incidents; `acknowledge ID`; `test`. */
export const alerts: Command = async ([verb = 'list', id], options, terminal) => {
  if (!['list', 'acknowledge', 'test'].includes(verb))
    throw new CommandFailed(EXIT_CODES.usage, `Unknown action '${verb}'. ./pm alerts knows list, acknowledge and test.`);
  if ((id === undefined) === (verb === 'acknowledge'))
    throw new CommandFailed(EXIT_CODES.usage, verb === 'acknowledge' ? 'Give the id: ./pm alerts acknowledge ID' : `${verb} takes no id.`);
  return stayAlive(async () => {
    const door = await managementDoor(options, terminal);
    if (door === undefined)
      throw new CommandFailed(
        EXIT_CODES.unavailable,
        'The product of this configuration does not run here, or has no portal (`management.enabled`).',
      );
    if (verb === 'list') return list(door, terminal);
    const { reason } = options;
    if (typeof reason !== 'string') throw new CommandFailed(EXIT_CODES.usage, "Say why: --reason '…'");
    if (verb === 'test') return test(door, reason, terminal);
    await door.ask('POST /api/alerts/acknowledge', { id, reason });
    terminal.out(style.good('Others see that you look after it.'));
    return EXIT_CODES.ok;
  });
};

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly severity: string;
  readonly code: string;
  readonly reason: string;
  readonly since: number;
  readonly acknowledged?: { readonly by: string };
  readonly deliveries: readonly { readonly channel: string; readonly state: string }[];
}

/** Exit code 1 where something critical stands and nobody looks after it. */
async function list(door: ManagementDoor, terminal: Terminal): Promise<number> {
  const { incidents } = (await door.ask('GET /api/alerts?limit=1')) as unknown as { readonly incidents: readonly Listed[] };
  const open = incidents.filter(({ state }) => state === 'open');
  if (open.length === 0) {
    terminal.out(style.good('No incident is open.'));
    return EXIT_CODES.ok;
  }
  const told = ({ deliveries }: Listed): string =>
    [...new Set(deliveries.filter(({ state }) => state === 'sent').map(({ channel }) => channel))].join(', ') || 'nobody';
  terminal.out(
    table(
      ['id', 'since', 'severity', 'told', 'looks', 'what'],
      open.map((one) => [
        ...[one.id, new Date(one.since).toISOString().slice(0, 19), one.severity, told(one), one.acknowledged?.by ?? 'nobody'],
        `${one.code}: ${printable(one.reason)}`,
      ]),
    ),
  );
  return open.some(({ severity, acknowledged }) => severity === 'critical' && acknowledged === undefined)
    ? EXIT_CODES.failed
    : EXIT_CODES.ok;
}

async function test(door: ManagementDoor, reason: string, terminal: Terminal): Promise<number> {
  const { results } = (await door.ask('POST /api/alerts/test', { reason })) as unknown as {
    readonly results: readonly { readonly channel: string; readonly kind: string; readonly problem?: string }[];
  };
  if (results.length === 0)
    terminal.out(style.warn('Nobody is told: no webhook and no mail server is configured (docs/operations/alert-delivery.md).'));
  for (const { channel, kind, problem } of results)
    terminal.out(
      `${channel.padEnd(8)} ${kind === 'sent' ? style.good('taken') : style.bad(kind)}${problem === undefined ? '' : `  ${printable(problem)}`}`,
    );
  return results.length > 0 && results.every(({ kind }) => kind === 'sent') ? EXIT_CODES.ok : EXIT_CODES.failed;
}
