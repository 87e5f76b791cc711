import { counted } from '@payment-manager/connection-manager-client/counted';
import { type DoctorWorld, diagnose, type Finding, type FindingState, rightsFindings } from '@payment-manager/operations/doctor';
import { createMetrics, recordedLog, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import type { Command } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';
import { style, type Terminal } from '../terminal.ts';
import { findingLine } from './finding-lines.ts';

/** `./pm doctor`: looks at everything that this Payment Manager depends on; exit code 1 when a check failed. */
export const doctor: Command = async (_args, options, terminal) => {
  const loaded = await loadConfiguration(configurationFile(options, terminal), terminal);
  const { config } = loaded;
  const findings = [...(await rightsFindings(loaded, terminal.environment)), ...(await stayAlive(() => diagnose(config, world())))];
  const failed = findings.filter(({ state }) => state === 'failed').length;
  if (options['json'] === true) terminal.out(JSON.stringify({ environment: config.environment, failed, findings }));
  else print(findings, terminal);
  return failed === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
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
  const [failed, warnings, skipped] = [count('failed'), count('warning'), count('skipped')];
  const others = [
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ];
  const all = `${[`${count('passed')} of ${findings.length} checks passed`, ...others].join(', ')}.`;
  terminal.out('');
  terminal.out(failed > 0 ? style.bad(all) : warnings > 0 ? style.warn(all) : style.good(all));
}
