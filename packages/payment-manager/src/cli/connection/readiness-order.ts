import { CredentialsInvalid } from '@payment-manager/configuration/files';
import type { ManagerDoor } from '@payment-manager/credentials/manager-api';
import type { PartyName, ReadinessTest, TestPayment } from '@payment-manager/operations/readiness-test';
import { systemRandom } from '@payment-manager/runtime';
import { partyNamed, readinessOrder } from '../../onboarding/readiness-order.ts';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { confirmed } from '../operations/person.ts';
import { plainAmount } from '../plain-amount.ts';
import type { Terminal } from '../terminal.ts';
import type { OpenedEnvironment } from './with-environment.ts';

export interface ReadinessDeps {
  readonly options: CommandOptions;
  readonly terminal: Terminal;
  readonly manager: ManagerDoor | undefined;
  /** Whether the product runs. */
  readonly running: boolean;
}

/** What is to be tested, out of configuration and options. @throws CommandFailed */
export async function readinessOf(
  { config, environment }: OpenedEnvironment,
  { options, terminal, manager, running }: ReadinessDeps,
): Promise<{ order: ReadinessTest; close(): Promise<void> }> {
  const payment = await paymentOf(options, terminal);
  const lookUp = lookedUp(options);
  try {
    return await readinessOrder(config, environment, { lookUp, payment, api: manager?.api, running });
  } catch (error) {
    if (error instanceof CredentialsInvalid) throw new CommandFailed(EXIT_CODES.config, error.message);
    throw error;
  }
}

/** `--party`. @throws CommandFailed */
function lookedUp({ party }: CommandOptions): PartyName | undefined {
  return typeof party === 'string' ? partyName('--party', party) : undefined;
}

/** `--pay`, once a person has said yes. @throws CommandFailed */
export async function paymentOf(options: CommandOptions, terminal: Terminal): Promise<TestPayment | undefined> {
  const { pay, party, payer } = options;
  if (pay === undefined) return undefined;
  const [, amount = '', currency = ''] = /^(\S+) ([A-Z]{3})$/.exec(String(pay)) ?? [];
  const plain = plainAmount(amount);
  if (plain === undefined) throw new CommandFailed(EXIT_CODES.usage, "--pay must be like '1.00 USD'.");
  if (typeof party !== 'string' || typeof payer !== 'string')
    throw new CommandFailed(EXIT_CODES.usage, 'A test payment needs --party (who is paid) and --payer (whose account at our core pays).');
  const [to, from] = [partyName('--party', party), partyName('--payer', payer)];
  if (!(await confirmed(options, terminal, `Pay ${plain} ${currency} from ${payer} to ${party}? This moves money.`))) return undefined;
  return { amount: plain, currency, from, to, homeTransactionId: `readiness-${systemRandom.uuid()}` };
}

function partyName(option: string, text: string): PartyName {
  const named = partyNamed(text);
  if (named === undefined) throw new CommandFailed(EXIT_CODES.usage, `${option} must be like MSISDN:27713803912; it is '${text}'.`);
  return named;
}
