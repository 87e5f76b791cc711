import { CommandFailed, type CommandOptions, EXIT_CODES, plainAmount } from '@payment-manager/payment-manager';

/** What the user wants to be sent. */
export interface SendOrder {
  /** FSPIOP amount: no superfluous zeros. */
  readonly amount: string;
  readonly currency: string;
  readonly idType: string;
  readonly idValue: string;
  /** MSISDN of the payer. */
  readonly from: string | undefined;
  /** Payee and price are accepted without asking. */
  readonly confirmed: boolean;
}

/** The kinds of identifier of the protocol (docs/protocol.md, 6). Another one is refused here, before any money is held. */
const ID_TYPES: readonly string[] = ['MSISDN', 'EMAIL', 'PERSONAL_ID', 'BUSINESS', 'DEVICE', 'ACCOUNT_ID', 'IBAN', 'ALIAS'];

/** Reads `25.00 USD to MSISDN 27713803912`. @throws CommandFailed (64) saying what is wrong. */
export function readOrder(args: readonly string[], options: CommandOptions): SendOrder {
  const [amountText = '', currency = '', to = '', idType = '', idValue = ''] = args;
  if (to.toLowerCase() !== 'to') throw wrong(`the word "to" is missing before ${to}`);
  const amount = plainAmount(amountText);
  if (amount === undefined || amount === '0')
    throw wrong(`'${amountText}' is not an amount. Amounts are above zero and look like 25 or 25.50, with at most four decimals`);
  if (!/^[A-Za-z]{3}$/.test(currency)) throw wrong(`'${currency}' is not a currency such as USD`);
  if (!ID_TYPES.includes(idType.toUpperCase())) throw wrong(`'${idType}' is not a kind of identifier; these are: ${ID_TYPES.join(', ')}`);
  const from = options['from'];
  return {
    amount,
    currency: currency.toUpperCase(),
    idType: idType.toUpperCase(),
    idValue,
    from: typeof from === 'string' ? from : undefined,
    confirmed: options['yes'] === true,
  };
}

function wrong(what: string): CommandFailed {
  return new CommandFailed(EXIT_CODES.usage, `${what}. Example: ./pm send 25.00 USD to MSISDN 27713803912`);
}
