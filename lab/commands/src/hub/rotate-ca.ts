import { CommandFailed, type CommandOptions, EXIT_CODES, printable, style, type Terminal } from '@payment-manager/payment-manager';
import { systemClock, systemTimers } from '@payment-manager/runtime';
import type { DfspOverview, HubOverview } from '@payment-manager/sandbox';
import type { OperatorCall } from './operator-client.ts';

const POLL_MS = 200;
/** Until all processes of a Payment Manager have seen what the one that leads has taken over (`vault.pollMs`). */
const SETTLE_MS = 2_500;
const DEFAULT_WAIT_S = 60;

/**
 * `./pm hub rotate-ca`: a new hub CA without a gap. The hub serves with a certificate of it only when every DFSP that is connected has enrolled with
 * it: until then somebody may not trust it. A change that was interrupted goes on.
 */
export async function rotateCa(operator: OperatorCall, options: CommandOptions, terminal: Terminal): Promise<number> {
  const waitMs = waitOf(options);
  const before = await hubOf(operator);
  const goesOn = before.cas.length > 0 && before.cas.at(-1) !== before.servedBy;
  if (!goesOn) await operator('POST', '/hub/ca', {});
  const ca = (await hubOf(operator)).cas.at(-1) ?? '';
  terminal.out(
    goesOn
      ? `The change to ${printable(ca)} continues.`
      : `${printable(ca)} signs from now on. Certificates of the previous CA stay valid.`,
  );
  const late = await enrolled(operator, ca, waitMs, terminal);
  if (late.length > 0) {
    terminal.out(
      style.warn(
        `No certificate of it yet: ${late.join(', ')}. Payments continue, because both CAs are trusted. See ./pm hub enrolments, then run the same command again.`,
      ),
    );
    return EXIT_CODES.failed;
  }
  if ((await dfspsOf(operator)).some(({ onboarded }) => onboarded)) await pause(SETTLE_MS);
  await operator('POST', '/hub/server-certificate');
  terminal.out('The hub serves with a certificate of it.');
  terminal.out(style.good('Everybody uses the new CA. The previous CAs stay trusted until you run ./pm hub retire-ca'));
  return EXIT_CODES.ok;
}

/** `./pm hub retire-ca`: only the newest CA counts. @throws CommandFailed when that would cut somebody off */
export async function retireCas(operator: OperatorCall, terminal: Terminal): Promise<number> {
  const { cas, servedBy } = await hubOf(operator);
  const newest = cas.at(-1) ?? '';
  const late = lateOnes(await dfspsOf(operator), newest);
  if (late.length > 0 || servedBy !== newest)
    throw new CommandFailed(
      EXIT_CODES.failed,
      `${[...late, ...(servedBy === newest ? [] : ['the hub'])].join(', ')} would be cut off: the certificate is not from ${printable(newest)}. First run ./pm hub rotate-ca`,
    );
  await operator('POST', '/hub/retire');
  terminal.out(style.good(`Only ${printable(newest)} is trusted.`));
  return EXIT_CODES.ok;
}

/** Tells each DFSP that has a certificate of the CA; resolves with those that have none when there is no more time. */
async function enrolled(operator: OperatorCall, ca: string, waitMs: number, terminal: Terminal): Promise<readonly string[]> {
  const deadline = systemClock.monotonic() + waitMs;
  const told = new Set<string>();
  for (;;) {
    const dfsps = await dfspsOf(operator);
    const late = lateOnes(dfsps, ca);
    for (const { fspId } of dfsps.filter((one) => one.onboarded && !late.includes(one.fspId) && !told.has(one.fspId))) {
      told.add(fspId);
      terminal.out(`${printable(fspId)} has a client certificate of it.`);
    }
    if (late.length === 0 || systemClock.monotonic() > deadline) return late;
    await pause(POLL_MS);
  }
}

/** Connected DFSPs whose newest certificate is of another CA. */
function lateOnes(dfsps: readonly DfspOverview[], ca: string): readonly string[] {
  const newest = ({ enrolments }: DfspOverview) =>
    enrolments.filter(({ state }) => state === 'CERT_SIGNED').toSorted((a, b) => b.id - a.id)[0];
  return dfsps.filter((one) => one.onboarded && newest(one)?.issuer !== ca).map(({ fspId }) => printable(fspId));
}

async function hubOf(operator: OperatorCall): Promise<HubOverview> {
  return (await operator('GET', '/'))['hub'] as HubOverview;
}

async function dfspsOf(operator: OperatorCall): Promise<readonly DfspOverview[]> {
  return (await operator('GET', '/dfsps'))['dfsps'] as readonly DfspOverview[];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(ms, resolve));
}

function waitOf({ wait }: CommandOptions): number {
  const seconds = wait === undefined ? DEFAULT_WAIT_S : Number(wait);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 3_600)
    throw new CommandFailed(EXIT_CODES.usage, '--wait must be a whole number of seconds, at most 3600.');
  return seconds * 1_000;
}
