import type { Config } from '@payment-manager/configuration';
import { keyFor, readSealingKey } from '@payment-manager/credentials';
import { DatabaseUnavailable } from '@payment-manager/database';
import { administratorLinkOf, managementSocket } from '@payment-manager/management-api/commands';
import { recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import type { Command, CommandOptions } from './commands.ts';
import { configurationFile, loadConfiguration } from './configuration-file.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { askLocal, NotRunning } from './operations/ask-local.ts';
import { confirmed, operatorName } from './operations/person.ts';
import { stayAlive } from './stay-alive.ts';
import type { Terminal } from './terminal.ts';

/** `./pm portal reset-administrator`; `./pm portal link --role ROLE`; `./pm portal link-account --user NAME --subject ID`. */
export const portal: Command = async ([verb], options, terminal) => {
  if (verb !== 'reset-administrator' && verb !== 'link' && verb !== 'link-account')
    throw new CommandFailed(
      EXIT_CODES.usage,
      './pm portal knows reset-administrator, link --role ROLE and link-account --user NAME --subject ID.',
    );
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  if (!config.management.enabled)
    throw new CommandFailed(EXIT_CODES.config, 'The portal is switched off: `management.enabled` (docs/operations/portal.md).');
  const by = operatorName(options, terminal);
  if (verb === 'link') {
    const { role } = options;
    if (typeof role !== 'string') throw new CommandFailed(EXIT_CODES.usage, 'Name the role: ./pm portal link --role viewer');
    terminal.out(await stayAlive(() => linkFrom(config, 'sandbox-link', { role }, by)));
    return EXIT_CODES.ok;
  }
  if (verb === 'link-account') return linkAccount(config, options, by, terminal);
  const question = 'Make a link for the user administrator? Its password, second factors and sessions are gone then.';
  if (!(await confirmed(options, terminal, question))) {
    terminal.out('Nothing was changed.');
    return EXIT_CODES.failed;
  }
  terminal.out('Open this link within a day; it works once:');
  terminal.out(await stayAlive(() => administratorLink(config, by)));
  return EXIT_CODES.ok;
};

/** Links an account at the provider of single sign-on to a user. @throws CommandFailed */
async function linkAccount(config: Config, { user, subject, reason }: CommandOptions, by: string, terminal: Terminal): Promise<number> {
  if (typeof user !== 'string' || typeof subject !== 'string' || typeof reason !== 'string')
    throw new CommandFailed(EXIT_CODES.usage, "Name them: ./pm portal link-account --user amara --subject ID --reason '…'");
  const line = `POST /api/users/${encodeURIComponent(user)}/single-sign-on`;
  await stayAlive(() => askLocal(managementSocket(config), line, { subject, reason }, by));
  terminal.out(`${user} signs in with that account at the provider from now on.`);
  return EXIT_CODES.ok;
}

async function administratorLink(config: Config, by: string): Promise<string> {
  try {
    return await linkFrom(config, 'administrator-link', undefined, by);
  } catch (error) {
    if (!(error instanceof NotRunning)) throw error;
    return linkOfStopped(config, by);
  }
}

async function linkFrom(config: Config, what: string, body: object | undefined, by: string): Promise<string> {
  const { link } = await askLocal(managementSocket(config), `POST /api/local/${what}`, body, by);
  return String(link);
}

/** @throws CommandFailed */
async function linkOfStopped(config: Config, by: string): Promise<string> {
  const journalKey = await readSealingKey(config.dataFolder);
  if (journalKey === undefined)
    throw new CommandFailed(EXIT_CODES.config, `There is no journal.key in ${config.dataFolder}: this product has not been started yet.`);
  const world = { clock: systemClock, random: systemRandom, log: recordedLog(1) };
  try {
    return await administratorLinkOf(config, world, keyFor('management', journalKey), `local:${by}`);
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw new CommandFailed(EXIT_CODES.unavailable, error.message);
    throw error;
  }
}
