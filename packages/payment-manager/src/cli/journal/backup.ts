import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { counted } from '@payment-manager/connection-manager-client/counted';
import { BackupRefused, demandAuthentic, partialBackup, refuseInUse } from '@payment-manager/database';
import { type BackedUp, type BackupFacts, backupFacts, backupSqliteJournal, restoreSqliteJournal } from '@payment-manager/journal';
import {
  type AuditProof,
  backupManagement,
  managementBackup,
  refuseManagementInUse,
  restoreManagement,
} from '@payment-manager/management-api/commands';
import { systemClock, systemTimers } from '@payment-manager/runtime';
import { FACT_NAMES, factsOf } from '../../backup/backup-facts.ts';
import { sharedByAll } from '../../open-journal.ts';
import { asideOf } from '../aside.ts';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { confirmed, knownName } from '../operations/person.ts';
import { style, type Terminal } from '../terminal.ts';
import { commandLog } from './command-log.ts';
import { type EmbeddedJournal, embeddedJournal } from './embedded-journal.ts';

/** `./pm backup [FILE] [--vault FILE]`: copies of the embedded journal and of the vault's files, each as of one instant, while the product runs. */
export const backup: Command = async ([target], options, terminal) => {
  const vaultFile = options['vault'] as string | undefined;
  demandSome(target, vaultFile, './pm backup');
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  const journal = target === undefined ? undefined : await backupJournal(fileArgument(target, terminal), options, terminal);
  const vault = vaultFile === undefined ? undefined : await (await vaultPart()).backupVault(config, fileArgument(vaultFile, terminal));
  if (options['json'] === true) terminal.out(JSON.stringify({ ...journal, ...(vault && { vault }) }));
  else if (vault)
    terminal.out(
      `${style.good('Backed up and checked')}  ${vault.file}\n  ${counted(vault.entries, 'entry', 'entries')} of the vault, sealed. Keep the master key (id ${vault.masterKey}) in another place: without it the copy cannot be opened.`,
    );
  else if (config.vault.store === 'file') terminal.out('  The vault is not included: ./pm backup --vault FILE');
  if (vault && config.vault.pkcs11.module !== undefined) terminal.err('The JWS keys are in the HSM: back it up with its vendor’s tools.');
  return EXIT_CODES.ok;
};

async function backupJournal(to: string, options: CommandOptions, terminal: Terminal): Promise<object> {
  const journal = await embeddedJournal(options, terminal);
  const facts = factsOf(journal, systemClock.now());
  const startedAt = systemClock.monotonic();
  const made = await watched(journal.file, to, terminal, () =>
    explained(() => backupSqliteJournal(journal.file, to, facts, journal.backupKey)),
  );
  const tookMs = Math.round(systemClock.monotonic() - startedAt);
  const portal = await explained(() => backupManagement(journal.dataFolder, managementBackup(to), facts, journal.portalKey));
  if (options['json'] !== true)
    terminal.out(
      `${style.good('Backed up and checked')}  ${to}\n  ${journal.fspId}: ${contents(made)}; ${megabytes(statSync(to).size)} in ${(tookMs / 1000).toFixed(1)} s\n  Back up journal.key as well, and keep it in another place: without it the fulfilments of open payments are lost (fingerprint ${journal.keyFingerprint}).${portal === undefined ? '' : `\n  ${managementBackup(to)}: the portal’s users and its audit log, ${auditLine(portal)}. Keep both files together.`}`,
    );
  return {
    file: to,
    bytes: statSync(to).size,
    tookMs,
    ...made,
    ...facts,
    ...(portal && { portal: { file: managementBackup(to), ...portal } }),
  };
}

/** `./pm restore [FILE] [--vault FILE]`: replaces journal and vault of a stopped product by backups. Both are checked before either is. */
export const restore: Command = async ([source], options, terminal) => {
  const vaultFile = options['vault'] as string | undefined;
  demandSome(source, vaultFile, './pm restore');
  const journal = source === undefined ? undefined : await restorableJournal(fileArgument(source, terminal), options, terminal);
  const vault = vaultFile === undefined ? undefined : await vaultOf(fileArgument(vaultFile, terminal), options, terminal);
  const questions = [
    ...(journal ? [`Replace the journal of ${journal.fspId} (${journal.file}) by the backup of ${journal.madeAt}?`] : []),
    ...(vault ? [`Replace the vault ${vault.folder} by the backup of ${vault.madeAt}?`] : []),
  ];
  if (!(await confirmed(options, terminal, `${questions.join(' ')} The present data is moved aside.`))) {
    terminal.out('Nothing was changed.');
    return EXIT_CODES.failed;
  }
  // The journal first: its lock proves that the product is stopped.
  if (journal) {
    const restored = await journal.restore();
    tellRestored(journal.file, restored.movedAside, terminal, contents(restored));
    await journal.restorePortal();
    terminal.out(afterRestore(restored));
  }
  if (vault) {
    tellRestored(vault.folder, await vault.restore(), terminal);
    terminal.out((await vaultPart()).afterVaultRestore(vault.madeAt));
  }
  return EXIT_CODES.ok;
};

async function restorableJournal(from: string, options: CommandOptions, terminal: Terminal) {
  const journal = await embeddedJournal(options, terminal);
  const facts = await explained(async () => backupFacts(from));
  demandFits(facts, journal, from);
  // before anybody is asked; the restore itself takes the lock again
  await explained(async () => refuseInUse(journal.file));
  const aside = asideOf(journal.file);
  const { file, backupKey: key, fspId, keyFingerprint } = journal;
  const sharedBy = sharedByAll(fspId, keyFingerprint);
  const mayBeUnsigned = options['unsigned'] === true;
  const log = commandLog(terminal);
  const by = knownName(options, terminal);
  const restoreIt = () => {
    const sign = {
      sign: 'restore',
      reason: `./pm restore put the backup of ${facts[FACT_NAMES.madeAt]} in its place`,
      ...(by !== undefined && { by }),
      at: systemClock.now(),
    } as const;
    return explained(() => restoreSqliteJournal({ from, file, aside, key, mayBeUnsigned, sharedBy, sign, log }));
  };
  const portal = await portalBackup(from, journal, mayBeUnsigned, by, terminal);
  return { ...journal, madeAt: facts[FACT_NAMES.madeAt], restore: restoreIt, restorePortal: portal };
}

/** What restores the portal's store, where its backup stands beside the journal's. Checked before anything is replaced. */
async function portalBackup(
  journalBackup: string,
  { dataFolder, portalKey: key, ...journal }: EmbeddedJournal,
  mayBeUnsigned: boolean,
  by: string | undefined,
  terminal: Terminal,
): Promise<() => Promise<void>> {
  const from = managementBackup(journalBackup);
  if (!existsSync(from)) return async () => terminal.out(`  The portal’s users and audit log stay as they are: there is no ${from}.`);
  const facts = await explained(async () => backupFacts(from));
  demandFits(facts, { ...journal, dataFolder, portalKey: key }, from);
  await explained(async () => demandAuthentic({ from, key, mayBeUnsigned }));
  await explained(async () => refuseManagementInUse(dataFolder));
  const madeAt = facts[FACT_NAMES.madeAt] ?? '';
  const aside = asideOf(join(dataFolder, 'management.db'));
  return async () => {
    const order = { from, dataFolder, aside, key, mayBeUnsigned, by: `local:${by ?? 'unnamed'}`, madeAt, now: systemClock.now() };
    const { proof, movedAside } = await explained(() => restoreManagement(order));
    tellRestored('the portal’s users and audit log', movedAside, terminal, auditLine(proof));
    terminal.out('  Nobody is signed in. Users, API keys and passwords are those of the backup: revoke again what was revoked since.');
  };
}

function auditLine({ entries, broken, head }: AuditProof): string {
  if (broken !== undefined) return style.bad(`of which entry ${broken.seq} is not as it was written: ${broken.why}`);
  return `${counted(entries, 'entry', 'entries')}, each proven to be as it was written (newest hash ${head.slice(0, 16)}…)`;
}

async function vaultOf(file: string, options: CommandOptions, terminal: Terminal) {
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  return (await vaultPart()).restorableVault(config, file, {
    force: options['force'] === true,
    mayBeUnsigned: options['unsigned'] === true,
  });
}

/** What only they need who have a vault is loaded for them. */
function vaultPart() {
  return import('../vault/vault-backup.ts');
}

function tellRestored(what: string, movedAside: string | undefined, terminal: Terminal, contained?: string): void {
  terminal.out(`${style.good('Restored')}  ${what}${contained === undefined ? '' : `\n  ${contained}`}`);
  if (movedAside !== undefined) terminal.out(`  The previous data is now ${movedAside}`);
}

function demandFits(facts: BackupFacts, { fspId, keyFingerprint }: EmbeddedJournal, from: string): void {
  if (facts[FACT_NAMES.fspId] !== fspId)
    throw new CommandFailed(
      EXIT_CODES.config,
      `${from} is a backup of ${facts[FACT_NAMES.fspId]}; this Payment Manager belongs to ${fspId}.`,
    );
  if (facts[FACT_NAMES.key] !== keyFingerprint)
    throw new CommandFailed(
      EXIT_CODES.config,
      `${from} belongs to another journal.key, with the fingerprint ${facts[FACT_NAMES.key]}; the key in the data folder has ${keyFingerprint}. First put back the journal.key that belongs to the backup.`,
    );
}

/** What a person must know: the journal forgot what came after the backup, the world did not. */
function afterRestore({ lastEventAt }: BackedUp): string {
  const since = lastEventAt === undefined ? 'the backup' : new Date(lastEventAt).toISOString();
  return `
${style.warn('Payments after')} ${since} ${style.warn('are no longer in the journal, but hub and core know them.')} The journal is marked as restored and takes no new payments (503):
  1. ./pm verify                      checks that the restored journal is complete
  2. ./pm run (or start)              asks core and hub how the unfinished payments ended
  3. ./pm restored --report FILE --from core (or hub)      reads the transfers since then, in the form that ./pm reconcile reads; --nothing-missing where there were none
  4. ./pm restored --lift --reason TEXT                    new payments are accepted again (docs/retention.md)`;
}

function contents({ records, open, lastEventAt }: BackedUp): string {
  const last = lastEventAt === undefined ? '' : `, last event ${new Date(lastEventAt).toISOString()}`;
  return `${counted(records, 'record')}, ${open} of them open${last}`;
}

function demandSome(file: string | undefined, vaultFile: string | undefined, command: string): void {
  if (file === undefined && vaultFile === undefined)
    throw new CommandFailed(EXIT_CODES.usage, `Name the file: ${command} FILE, ${command} --vault FILE, or both.`);
}

function fileArgument(path: string, terminal: Terminal): string {
  if (path === '') throw new CommandFailed(EXIT_CODES.usage, 'The name of the file is empty.');
  return resolve(terminal.workingFolder, path);
}

async function explained<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof BackupRefused)) throw error;
    const unavailable = error.code === 'BACKUP_IN_USE' || error.code === 'BACKUP_FAILED';
    throw new CommandFailed(unavailable ? EXIT_CODES.unavailable : EXIT_CODES.config, error.message);
  }
}

/** A large journal takes a while: how far it is, once a second, where a person watches. */
async function watched<T>(source: string, to: string, terminal: Terminal, action: () => Promise<T>): Promise<T> {
  if (!terminal.interactive) return action();
  const whole = size(source);
  let timer = systemTimers.after(1_000, tick);
  function tick(): void {
    terminal.err(style.dim(`  ${megabytes(size(partialBackup(to)))} of about ${megabytes(whole)} ...`));
    timer = systemTimers.after(1_000, tick);
  }
  try {
    return await action();
  } finally {
    timer.cancel();
  }
}

function size(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
