import type { Config } from '@payment-manager/configuration';
import { recordedLog, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import { fetchMasterKey, removeFormerKey, replaceMasterKeyFile } from '@payment-manager/vault';
import { openConfiguredVault, ownMasterKeyFile } from '@payment-manager/vault/configured';
import type { CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { explainedVault, refuseOtherUser } from '../connection/with-environment.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { confirmed } from '../operations/person.ts';
import { stayAlive } from '../stay-alive.ts';
import { style, type Terminal } from '../terminal.ts';

/**
 * `./pm keys rotate vault`: replaces the master key by a fresh one, and everything sealed with it. Killed at any instant, it is
 * run again: until the former key is needed no more it stands beside the new one, and whoever opens the vault finds both.
 */
export async function rotateMasterKey(options: CommandOptions, terminal: Terminal): Promise<number> {
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  const file = demandFile(config);
  await refuseOtherUser(config);
  return stayAlive(() =>
    explainedVault(async () => {
      const former = await fetchMasterKey({ file }, {});
      const question = `Replace the master key ${former.id} (${file})? Existing copies of the vault need it: keep it for them, or make new copies afterwards.`;
      if (!(await confirmed(options, terminal, question))) {
        terminal.out('Nothing was changed.');
        return EXIT_CODES.failed;
      }
      // One that was interrupted is ended first.
      await endRotation(config, file);
      await replaceMasterKeyFile(file, systemRandom);
      await endRotation(config, file);
      const { id } = await fetchMasterKey({ file }, {});
      terminal.out(style.good(`Everything in the vault is sealed with the new master key ${id} (${file}).`));
      terminal.out('Back it up apart from the vault, and make a new copy: ./pm backup --vault FILE');
      return EXIT_CODES.ok;
    }),
  );
}

/** Seals what the former key sealed, also what a running product sealed with it until it saw the new one. */
async function endRotation(config: Config, file: string): Promise<void> {
  await sealAnew(config);
  await new Promise<void>((resolve) => void systemTimers.after(2 * config.vault.pollMs, resolve));
  await sealAnew(config);
  await removeFormerKey(file);
}

/** Whoever opens the vault with a former key beside the present one seals everything with that. */
async function sealAnew(config: Config): Promise<void> {
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, signatures: threadPoolSignatures, log: recordedLog(1) };
  const opened = await openConfiguredVault(config, world);
  await opened?.vault.close();
}

/** The file of this machine's master key. @throws CommandFailed (64) where the key comes from elsewhere, with what to do there */
function demandFile(config: Config): string {
  const { store, masterKey } = config.vault;
  if (store === 'none' || store === 'hashicorp')
    throw new CommandFailed(
      EXIT_CODES.usage,
      store === 'none'
        ? 'There is no vault (vault.store is none).'
        : 'HashiCorp Vault rotates its own key: run vault operator rotate, or bao operator rotate, there.',
    );
  const file = ownMasterKeyFile(config);
  if (store === 'file' && file !== undefined) return file;
  const source = masterKey.variable ?? (masterKey.command ? 'the command' : 'the file on every replica');
  throw new CommandFailed(
    EXIT_CODES.usage,
    `This command cannot replace the master key at its source (${source}). By hand:
  1. Write the present key into a file of mode 0600 and name it in vault.masterKey.formerFile, on every replica.
  2. Make ${source} return the new key (openssl rand -hex 32), and restart each replica.
  3. Each start reseals what is still sealed with the previous key. Then delete that file.`,
  );
}
