import { createMetrics, recordedLog, systemClock, systemTimers } from '@payment-manager/runtime';
import type { Config } from '../../config/schema.ts';
import { CredentialsInvalid } from '../../credentials/credentials-invalid.ts';
import { type LoadedKeys, loadKeys } from '../../credentials/load-keys.ts';
import type { EndpointOrder } from '../../environments/doctor/endpoint.ts';
import { examine } from '../../environments/doctor/examine.ts';
import { type Finding, type FindingState, findingsOf } from '../../environments/doctor/finding.ts';
import type { Command } from '../commands.ts';
import { loadConfiguration } from '../configuration-file.ts';
import { exitCodes } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal } from '../terminal.ts';

/** `./pm doctor`: looks at everything that this Payment Manager depends on; exit code 1 when something is broken. */
export const doctor: Command = async (_args, options, terminal) => {
  const { config } = await loadConfiguration(options['config'] as string | undefined, terminal);
  const findings = await stayAlive(() => diagnose(config));
  const broken = findings.filter(({ state }) => state === 'broken').length;
  if (options['json'] === true) terminal.out(JSON.stringify({ environment: config.environment, broken, findings }));
  else print(findings, terminal);
  return broken === 0 ? exitCodes.ok : exitCodes.failed;
};

/** For each look: whoever needs longer is not well. */
const timeoutMs = 5_000;

async function diagnose(config: Config): Promise<readonly Finding[]> {
  const { keys, known } = await openKeys(config);
  try {
    return await examine(
      {
        known,
        disk: { dataFolder: config.dataFolder, minimumFreeBytes: config.operations.minimumFreeBytes },
        own: {
          inbound: config.inbound,
          operations: config.operations,
          inboundCertificate: keys?.inbound?.credentials.certificate,
          timeoutMs,
        },
        endpoints: endpointsOf(config, keys),
      },
      systemClock,
    );
  } finally {
    keys?.stop();
  }
}

interface OpenedKeys {
  readonly keys: LoadedKeys | undefined;
  readonly known: readonly Finding[];
}

async function openKeys(config: Config): Promise<OpenedKeys> {
  const findings = findingsOf('credentials');
  try {
    const keys = await loadKeys(config, { clock: systemClock, timers: systemTimers, log: recordedLog(1), metrics: createMetrics() });
    return { keys, known: [findings.ok('files', 'certificates and keys can be read and belong together')] };
  } catch (error) {
    if (!(error instanceof CredentialsInvalid)) throw error;
    return {
      keys: undefined,
      known: [findings.broken('files', error.message, 'Mend what it names; until then the rest is looked at without it.')],
    };
  }
}

function endpointsOf(config: Config, keys: LoadedKeys | undefined): EndpointOrder[] {
  const { hub, core, lifetimes } = config;
  const limits = { timeoutMs, maxSkewMs: lifetimes.clockSkewMs };
  const urls = [hub.baseUrl, hub.partiesUrl, hub.participantsUrl, hub.quotesUrl, hub.transfersUrl].filter((url) => url !== undefined);
  const ofHub = new Map(urls.map((url) => [new URL(url).origin, url]));
  return [
    ...[...ofHub.values()].map((url) => ({ part: 'hub', url, ...limits, ...(keys?.hub && { credentials: keys.hub.credentials }) })),
    { part: 'core', url: core.baseUrl, ...limits, ...(keys?.core && { credentials: keys.core.credentials }) },
  ];
}

const marks: Readonly<Record<FindingState, string>> = {
  ok: style.good('ok     '),
  warning: style.warn('look at'),
  broken: style.bad('broken '),
  skipped: style.dim('skipped'),
};

function print(findings: readonly Finding[], terminal: Terminal): void {
  const width = (of: (finding: Finding) => string): number => Math.max(...findings.map((finding) => of(finding).length));
  const [parts, checks] = [width(({ part }) => part), width(({ check }) => check)];
  for (const { part, check, state, message, remedy } of findings) {
    terminal.out(`${marks[state]}  ${part.padEnd(parts)}  ${check.padEnd(checks)}  ${printable(message)}`);
    if (remedy !== undefined) terminal.out(`${' '.repeat(parts + checks + 13)}${style.key('do:')} ${printable(remedy)}`);
  }
  const count = (wanted: FindingState): number => findings.filter(({ state }) => state === wanted).length;
  const [broken, warnings] = [count('broken'), count('warning')];
  terminal.out('');
  terminal.out(
    broken === 0
      ? style.good(`Nothing is broken${warnings === 0 ? '' : `; ${warnings} to look at`}.`)
      : style.bad(`${broken} broken, ${warnings} to look at.`),
  );
}
