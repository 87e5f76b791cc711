import { type CertificateEntry, certificatesOf, type Due, dueOf, HUB_CA_ID } from '@payment-manager/connection-manager-client';
import { systemClock } from '@payment-manager/runtime';
import type { CertifiedPurpose, Environment, KeyRecord } from '@payment-manager/vault';
import type { Command, CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal, table } from '../terminal.ts';
import { CERTIFICATE_NAMES, type CertificateName } from './names.ts';
import { writeOut } from './output.ts';
import { exportForProxy } from './proxy-export.ts';
import { renewCertificate } from './renew.ts';
import { type OpenedEnvironment, withEnvironment } from './with-environment.ts';

/** `./pm cert`: the list; `renew NAME`, `needs-renewal`, `export NAME`. */
export const cert: Command = async ([verb = 'list', name], options, terminal) => {
  switch (verb) {
    case 'list':
      return withEnvironment(options, terminal, (opened) => list(opened, options, terminal));
    case 'needs-renewal':
      return withEnvironment(options, terminal, (opened) => needsRenewal(opened, options, terminal));
    case 'export':
      return withEnvironment(options, terminal, (opened) => exportCertificate(opened, certificateName(name), options, terminal));
    case 'renew':
      return stayAlive(() => renewCertificate(certificateName(name), options, terminal));
    default:
      throw new CommandFailed(EXIT_CODES.usage, `Unknown action '${verb}'. ./pm cert knows list, renew, needs-renewal and export.`);
  }
};

function certificateName(name: string | undefined): CertificateName {
  if (name !== undefined && Object.hasOwn(CERTIFICATE_NAMES, name)) return name as CertificateName;
  throw new CommandFailed(EXIT_CODES.usage, `Name the certificate: ${Object.keys(CERTIFICATE_NAMES).join(', ')}.`);
}

async function list({ environment, onboard }: OpenedEnvironment, options: CommandOptions, terminal: Terminal): Promise<number> {
  const entries = await certificatesOf(environment);
  const now = systemClock.now();
  const due = dueOf(entries, now);
  if (options['json'] === true) {
    terminal.out(JSON.stringify({ environment: environment.name, certificates: entries.map(shownEntry), due: due.map(shownDue) }));
    return EXIT_CODES.ok;
  }
  if (entries.length === 0) {
    terminal.out(`The environment ${environment.name} has no certificates yet. Connect it: ${onboard}`);
    return EXIT_CODES.ok;
  }
  terminal.out(
    table(
      ['certificate', 'state', 'for', 'from', 'until', 'left', 'serial'],
      entries.map((entry) => row(entry, now)),
    ),
  );
  for (const one of due) terminal.out(style.warn(`${nameOf(one.purpose)}: ${DUE_TEXT[one.reason]}`));
  return EXIT_CODES.ok;
}

const DAY_MS = 86_400_000;

function row({ purpose, state, subject, issuer, serial, validTo }: CertificateEntry, now: number): string[] {
  const left = validTo <= now ? 'expired' : `${Math.floor((validTo - now) / DAY_MS)} d`;
  return [nameOf(purpose), state, printable(subject), printable(issuer), new Date(validTo).toISOString().slice(0, 16), left, serial];
}

function nameOf(purpose: CertificateEntry['purpose']): string {
  return Object.entries(CERTIFICATE_NAMES).find(([, value]) => value === purpose)?.[0] ?? purpose;
}

const DUE_TEXT: Readonly<Record<Due['reason'], string>> = {
  EXPIRED: 'has expired: whoever checks it refuses the connection.',
  NOT_YET_VALID: 'is not valid yet: check this machine’s clock.',
  PAST_TWO_THIRDS: 'has used two thirds of its lifetime: renew it.',
};

function shownEntry(entry: CertificateEntry): object {
  const { purpose, validFrom, validTo, ...rest } = entry;
  return { certificate: nameOf(purpose), ...rest, validFrom: new Date(validFrom).toISOString(), validTo: new Date(validTo).toISOString() };
}

function shownDue({ purpose, keyId, reason, validTo }: Due): object {
  return { certificate: nameOf(purpose), keyId, reason, validTo: new Date(validTo).toISOString() };
}

/** For cron: exit code 1 when somebody or something should act. */
async function needsRenewal({ environment, onboard }: OpenedEnvironment, options: CommandOptions, terminal: Terminal): Promise<number> {
  const entries = await certificatesOf(environment);
  const due = dueOf(entries, systemClock.now());
  const none = !entries.some(({ purpose, state }) => purpose !== 'hub-ca' && state === 'active');
  if (options['json'] === true) terminal.out(JSON.stringify({ environment: environment.name, none, due: due.map(shownDue) }));
  else if (none) terminal.out(style.warn(`No certificate of ${environment.name} is in use. Connect it: ${onboard}`));
  else if (due.length === 0) terminal.out(style.good('No certificate needs renewal.'));
  for (const one of options['json'] === true ? [] : due)
    terminal.out(style.warn(`${nameOf(one.purpose)}: ${DUE_TEXT[one.reason]} ./pm cert renew ${nameOf(one.purpose)}`));
  return due.length === 0 && !none ? EXIT_CODES.ok : EXIT_CODES.failed;
}

async function exportCertificate(
  opened: OpenedEnvironment,
  name: CertificateName,
  options: CommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (options['withKey'] === true) return exportForProxy(opened, name, options, terminal);
  return writeOut(await chainOf(opened.environment, name), options, terminal);
}

/** The key in use; of our CAs also those whose certificates are still believed. */
async function inUse({ keys }: Environment, purpose: CertifiedPurpose): Promise<readonly KeyRecord[]> {
  const own = await keys.list(purpose);
  const retiring = purpose === 'dfsp-ca' ? own.filter(({ state }) => state === 'retiring').reverse() : [];
  return [...own.filter(({ state }) => state === 'active'), ...retiring];
}

async function chainOf(environment: Environment, name: CertificateName): Promise<string> {
  const chain =
    name === 'hub-ca'
      ? (await environment.trust.trusted('hub-ca', HUB_CA_ID)).flatMap((key) => key.chain ?? [])
      : (await inUse(environment, CERTIFICATE_NAMES[name])).flatMap(({ chain = [] }) => chain);
  if (chain.length === 0) throw new CommandFailed(EXIT_CODES.failed, `No ${name} certificate of ${environment.name} is in use.`);
  return chain.join('');
}
