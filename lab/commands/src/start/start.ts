import { basename } from 'node:path';
import { type OnboardingProgress, readConnectors, readOwnCores, type Sandbox, startSandbox } from '@payment-manager/local-scheme';
import {
  type Command,
  CommandFailed,
  EXIT_CODES,
  findRunning,
  sandboxFolder,
  style,
  type Terminal,
  table,
  workersWanted,
} from '@payment-manager/payment-manager';
import { createHttpClient, systemClock } from '@payment-manager/runtime';
import { DEMO_DFSPS } from '@payment-manager/sandbox';
import { suggestedSend } from '../send/choose-payer.ts';
import { lackLines, stepLines } from './onboarding-lines.ts';
import { type PortalLink, portalLinks } from './portal-links.ts';

/** `./pm start`: a whole scheme on this machine, until Ctrl-C. */
export const start: Command = async (_args, options, terminal) => {
  const folder = sandboxFolder(options, terminal);
  const client = createHttpClient({});
  const running = await findRunning(folder, client);
  await client.close();
  if (running !== undefined) {
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      `A sandbox is already running with ${folder} (process ${running.pid}). Stop it with Ctrl-C there, or start this one with another --folder and --base-port.`,
    );
  }
  const stopAsked = signalled();
  let stopping = false;
  void stopAsked.then(() => {
    stopping = true;
  });
  const begun = systemClock.monotonic();
  terminal.out(style.dim('Starting a hub with its Connection Manager, two DFSPs and their Payment Managers ...'));
  const postgres = options['postgres'] === true;
  const workers = workersWanted(options['workers'], { journal: { store: postgres ? 'postgres' : 'sqlite' } }, 'Add --postgres');
  const progress: OnboardingProgress = {
    step(fspId, step) {
      for (const line of stepLines(fspId, step)) terminal.out(line);
    },
    setAside: (fspId, journal) =>
      terminal.out(style.dim(`The journal of ${fspId} is in a form of an earlier version; it is ${journal} now, and a new one is begun.`)),
    madeAnew: () =>
      terminal.out(style.dim('The ready-made keys of this sandbox are removed: the DFSPs get their own. Balances and payments stay.')),
  };
  const fspIds = DEMO_DFSPS.map(({ fspId }) => fspId);
  const ownCores = readOwnCores(options['core'], fspIds);
  const connectors = readConnectors(options['connector'], fspIds, terminal.workingFolder);
  const basePort = String(options['basePort']);
  const outside = readOutside(options['outside'], fspIds);
  const sandbox = await startSandbox({
    folder,
    basePort,
    postgres,
    workers,
    ownCores,
    connectors,
    outside,
    progress,
    portal: true,
    givenUp: () => stopping,
  });
  const links = await portalLinks(sandbox, folder);
  const reachedBy = (fspId: string): string | undefined => {
    const by = connectors.get(fspId);
    return by === undefined ? DEMO_DFSPS.find((dfsp) => dfsp.fspId === fspId)?.connector : by === 'none' ? undefined : basename(by);
  };
  if (!stopping) print(sandbox, { folder, ms: systemClock.monotonic() - begun, links, reachedBy }, terminal);
  const reason = await Promise.race([stopAsked, managerEnded(sandbox)]);
  if (reason.kind === 'ended')
    terminal.err(
      `${style.bad('pm:')} the Payment Manager of ${reason.fspId} ended (${reason.ending}); its log is ${folder}/${reason.fspId}/payment-manager.log`,
    );
  terminal.out(style.dim('\nStopping. Balances and payments are kept ...'));
  await sandbox.stop();
  terminal.out('Stopped.');
  return reason.kind === 'signal' ? EXIT_CODES.ok : EXIT_CODES.failed;
};

/** @throws CommandFailed (64) for a DFSP that there is not */
function readOutside(given: unknown, fspIds: readonly string[]): ReadonlySet<string> {
  const outside = Array.isArray(given) ? (given as string[]) : [];
  const unknown = outside.find((one) => !fspIds.includes(one));
  if (unknown !== undefined)
    throw new CommandFailed(EXIT_CODES.usage, `--outside ${unknown}: unknown DFSP; the DFSPs are ${fspIds.join(', ')}.`);
  return new Set(outside);
}

type Reason = { readonly kind: 'signal' } | { readonly kind: 'ended'; readonly fspId: string; readonly ending: number | string };

/** The first signal; further ones change nothing, for stopping is bounded. */
function signalled(): Promise<Reason> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve({ kind: 'signal' }));
  });
}

function managerEnded(sandbox: Sandbox): Promise<Reason> {
  return Promise.race(
    [...sandbox.managers].map(async ([fspId, manager]): Promise<Reason> => ({ kind: 'ended', fspId, ending: await manager.ended })),
  );
}

interface Started {
  readonly folder: string;
  readonly ms: number;
  readonly links: readonly PortalLink[];
  /** The connector by which a demo core is reached. */
  readonly reachedBy: (fspId: string) => string | undefined;
}

function print(sandbox: Sandbox, { folder, ms, links, reachedBy }: Started, terminal: Terminal): void {
  const { scheme, managers, postgresUrl, running } = sandbox;
  const owns = (fspId: string) => running.dfsps.some((dfsp) => dfsp.fspId === fspId && dfsp.ownCore === true);
  const coreUrlOf = (fspId: string) => running.dfsps.find((dfsp) => dfsp.fspId === fspId)?.coreUrl ?? '';
  const reached = (fspId: string): string => {
    const by = reachedBy(fspId);
    return by === undefined ? 'reached without a connector' : `reached by the connector ${by}`;
  };
  const { connectionManager } = scheme;
  const rows = [
    [`hub "${scheme.hubId}"`, scheme.hubUrl, 'FSPIOP over mutual TLS, signed'],
    ['', scheme.hubAdminUrl, 'admin: /participants /positions /transfers/{id} /faults'],
    ['Connection Manager', connectionManager?.url ?? '', `tokens: ${new URL(connectionManager?.tokenUrl ?? '').pathname}`],
    ['', connectionManager?.operatorUrl ?? '', 'the hub’s operator: ./pm hub'],
    ...(postgresUrl === undefined ? [] : [['PostgreSQL', postgresUrl, 'both journals, a schema for each DFSP']]),
    ...scheme.dfsps.flatMap(({ fspId }) => {
      const urls = managers.get(fspId)?.urls;
      return [
        [`${fspId} Payment Manager`, urls?.inbound ?? '', 'the hub calls this'],
        ['', urls?.outbound ?? '', `the core calls this; documentation: ${urls?.outbound}/docs`],
        ['', urls?.operations ?? '', '/health/ready /metrics /connection /exceptions /alarms'],
        ['', urls?.portal ?? '', 'the portal, for a browser; sign in by a link below'],
        [`${fspId} core`, coreUrlOf(fspId), owns(fspId) ? 'your own: docs/core-api.md' : `/accounts /ledger /payments; ${reached(fspId)}`],
      ];
    }),
  ];
  terminal.out(style.good(`\nThe scheme is up after ${(ms / 1000).toFixed(1)} s. Everything is on this machine; no real money moves.\n`));
  terminal.out(table(['what', 'where', ''], rows));
  if (links.length > 0)
    terminal.out(
      `\n${table(
        ['sign in as', 'at', 'by opening this link, once'],
        links.map(({ role, fspId, url }) => [role, fspId, url]),
      )}`,
    );
  const people = scheme.dfsps.flatMap(({ fspId, core }) =>
    core.settings.customers.map((customer) => [
      customer.displayName,
      `MSISDN ${customer.identifiers.find(({ idType }) => idType === 'MSISDN')?.idValue ?? '-'}`,
      fspId,
      owns(fspId)
        ? '(your core knows)'
        : Object.keys(customer.accounts)
            .map((currency) => `${core.balance(`${customer.id}:${currency}`)} ${currency}`)
            .join(', '),
    ]),
  );
  terminal.out(`\n${table(['customer', 'found as', 'at', 'balance'], people)}`);
  terminal.out(`\n${style.dim(`State and logs: ${folder}`)}`);
  const suggested = suggestedSend(running, folder === sandboxFolder({}, terminal) ? {} : { folder });
  if (suggested !== undefined) terminal.out(`\nTry in another terminal:  ${style.bold(suggested)}`);
  terminal.out(style.dim('Ctrl-C here stops everything.'));
  if (sandbox.lacks.length > 0) terminal.out('');
  for (const line of lackLines(sandbox.lacks)) terminal.out(line);
}
