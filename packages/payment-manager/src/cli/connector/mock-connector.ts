import { fileURLToPath } from 'node:url';
import { type MockCore, mockCore, NoMockCore, problemLine, readCandidate } from '@payment-manager/core-connector';
import { type HttpServer, type Log, startHttpServer, systemClock, systemTimers } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { parentGone, signalled } from '../process-life.ts';
import { printable, style, type Terminal } from '../terminal.ts';

const PORT = 5_050;
const BODY_MAX = 1_048_576;
/** The connector that is there to be played with. */
export const MOCK_CONNECTOR = fileURLToPath(new URL('../../../../../connectors/mock-core', import.meta.url));

/** `./pm connector mock [folder]`: the core of certify.yaml on this machine, in memory, until a signal. */
export async function mockConnector(folder: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  const log = logOn(terminal);
  const stopAsked = Promise.race([signalled({ clock: systemClock, log }), parentGone()]);
  const { server } = await startMock(folder, options, terminal, log);
  await stopAsked;
  await server.close(0);
  terminal.out('Its ledger is gone.');
  return EXIT_CODES.ok;
}

/** Starts it, and tells how it is used. It listens on 127.0.0.1 and nowhere else. */
export async function startMock(
  folder: string,
  options: CommandOptions,
  terminal: Terminal,
  log: Log,
): Promise<{ readonly server: HttpServer }> {
  const { candidate, problems } = await readCandidate(folder);
  if (candidate === undefined) {
    for (const problem of problems) terminal.out(`${printable(problemLine(problem))} ${style.dim(`(${problem.code})`)}`);
    throw new CommandFailed(EXIT_CODES.failed, 'What lint refuses is not played.');
  }
  const playing: { core?: MockCore } = {};
  const server = await startHttpServer(
    {
      host: '127.0.0.1',
      port: portOf(options),
      handler: (request) => playing.core?.handler(request) ?? Promise.resolve({ status: 503 }),
      maxBodyBytes: BODY_MAX,
      refuse: () => ({ status: 400 }),
    },
    log,
  );
  try {
    const core = mockCore(candidate, server.url, { clock: systemClock, timers: systemTimers });
    playing.core = core;
    tell(core, candidate.connector.name, server.url, terminal);
    return { server };
  } catch (error) {
    await server.close(0);
    if (error instanceof NoMockCore) throw new CommandFailed(EXIT_CODES.usage, error.message);
    throw error;
  }
}

function tell({ settings }: MockCore, name: string, url: string, terminal: Terminal): void {
  terminal.out(style.good(`A core for ${printable(name)} listens at ${url}. No real money: its ledger is in memory, and ends with it.`));
  terminal.out('');
  terminal.out('What a Payment Manager fills in (secrets stand in files, `core.secretFiles`):');
  for (const [setting, value] of Object.entries(settings)) terminal.out(`  ${printable(setting)}: ${printable(value)}`);
  terminal.out('');
  terminal.out(`  curl ${url}/mock/ledger                                             accounts and postings`);
  terminal.out(`  curl ${url}/mock/faults -d '{"fault":"lost-after","times":2}'       break the next two calls`);
  terminal.out('  Ctrl-C                                                              the end of it');
}

function portOf({ port }: CommandOptions): number {
  if (port === undefined) return PORT;
  const number = typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  if (number <= 65_535) return number;
  throw new CommandFailed(EXIT_CODES.usage, '--port is a number from 0 (any that is free) to 65535.');
}

/** Only what went wrong is worth a line. */
function logOn(terminal: Terminal): Log {
  const tells = (message: string): void => terminal.err(message);
  const log: Log = { debug: () => {}, info: () => {}, warn: tells, error: tells, child: () => log };
  return log;
}
