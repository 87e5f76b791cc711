import { type DoctorWorld, diagnose, type Finding, type FindingState, rightsFindings } from '@payment-manager/operations/doctor';
import { createMetrics, recordedLog, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import type { Command } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { exitCodes } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';
import { style, type Terminal } from '../terminal.ts';
import { findingLine } from './finding-lines.ts';

/** `./pm doctor`: looks at everything that this Payment Manager depends on; exit code 1 when something is broken. */
export const doctor: Command = async (_args, options, terminal) => {
  const loaded = await loadConfiguration(configurationFile(options, terminal), terminal);
  const { config } = loaded;
  const findings = [...(await rightsFindings(loaded, terminal.environment)), ...(await stayAlive(() => diagnose(config, world())))];
  const broken = findings.filter(({ state }) => state === 'broken').length;
  if (options['json'] === true) terminal.out(JSON.stringify({ environment: config.environment, broken, findings }));
  else print(findings, terminal);
  return broken === 0 ? exitCodes.ok : exitCodes.failed;
};

function world(): DoctorWorld {
  return {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    signatures: threadPoolSignatures,
    log: recordedLog(1),
    metrics: createMetrics(),
  };
}

function print(findings: readonly Finding[], terminal: Terminal): void {
  for (const finding of findings) for (const line of findingLine(finding)) terminal.out(line);
  const count = (wanted: FindingState): number => findings.filter(({ state }) => state === wanted).length;
  const [broken, warnings] = [count('broken'), count('warning')];
  terminal.out('');
  terminal.out(
    broken === 0
      ? style.good(`Nothing is broken${warnings === 0 ? '' : `; ${warnings} to look at`}.`)
      : style.bad(`${broken} broken, ${warnings} to look at.`),
  );
}
