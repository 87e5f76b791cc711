import type { HttpClient, HttpHandler, HttpRequest, HttpResponse, World } from '@payment-manager/runtime';
import { formatBalance } from '../balance.ts';
import { faultAdmin } from '../faults/fault-admin.ts';
import { type MessageFaults, messageFaults } from '../faults/message-faults.ts';
import { RequestInvalid } from '../request-body.ts';
import { type CallLog, callLog } from './call-log.ts';
import { coreError, toResponse } from './core-answer.ts';
import { coreApis } from './core-apis.ts';
import { type CoreDatabase, openCoreDatabase } from './core-database.ts';
import { openCustomerRegister } from './customer-register.ts';
import type { Fineract } from './fineract/fineract-api.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { type PayerSide, payerSide } from './payer-side.ts';
import { paymentsApi } from './payments-api.ts';
import type { CoreSettings } from './settings.ts';
import { statementAnswer } from './statement.ts';

/** What a demo core needs from outside. */
export interface CoreOptions extends Pick<World, 'clock' | 'timers' | 'random' | 'log'> {
  readonly settings: CoreSettings;
  /** Database file; `:memory:` for tests. */
  readonly file: string;
  /** Client to the Payment Manager. */
  readonly client: HttpClient;
}

/** A demo core banking system without sockets: its whole API is `handler`. */
export interface Core {
  readonly settings: CoreSettings;
  /** Backend API, payments, admin: one API, see the README. */
  readonly handler: HttpHandler;
  readonly ledger: Ledger;
  readonly payer: PayerSide;
  /** Its API as a Fineract, below `FINERACT_PATH`. */
  readonly fineract: Pick<Fineract, 'suspenseId'>;
  readonly faults: MessageFaults;
  readonly calls: CallLog;
  /** Where the Payment Manager's outbound API is, and whether it serves `/sendmoney`; open payments go on as soon as it is known. */
  setPaymentManagerUrl(url: string, sendsMoney?: boolean): void;
  /** Balance of an account as decimal text; throws for an unknown account. */
  balance(account: string): string;
  /** Begins no further call and closes the database. */
  stop(): void;
}

const POSTINGS_SHOWN = 500;

/** Opens a core: its books as they were, or with its customers' opening balances at the first start. */
export function openCore(options: CoreOptions): Core {
  const { settings, clock, timers, random, log } = options;
  const db = openCoreDatabase(options.file);
  const ledger = openLedger(db, clock);
  const customers = openCustomerRegister(db, ledger);
  for (const customer of settings.customers) customers.add(customer);
  const faults = messageFaults(random);
  const calls = callLog();
  let paymentManager = { url: '', sendsMoney: false };
  const payer = payerSide({
    settings,
    paymentManagerUrl: () => paymentManager.url,
    sendsMoney: () => paymentManager.sendsMoney,
    db,
    ledger,
    client: options.client,
    clock,
    timers,
    random,
    log,
  });
  const apis = coreApis({ settings, db, ledger, customers, calls, faults, clock, timers, random, log });
  const admin = (request: HttpRequest): HttpResponse | undefined => adminApi(request, { db, ledger, calls, settings });
  return {
    settings,
    ledger,
    payer,
    fineract: apis.fineract,
    faults,
    calls,
    handler: async (request) => {
      const answer = apis.answer(request);
      return answer ?? faultAdmin(request, faults) ?? admin(request) ?? payments(request);
    },
    setPaymentManagerUrl(url, sendsMoney = false) {
      paymentManager = { url, sendsMoney };
      payer.resume();
    },
    balance(account) {
      const found = ledger.account(account);
      if (found === undefined) throw new RangeError(`no account ${account}`);
      return formatBalance(found.units);
    },
    stop() {
      payer.stop();
      db.close();
    },
  };

  async function payments(request: HttpRequest): Promise<HttpResponse> {
    try {
      if (request.method !== 'GET' && paymentManager.url === '')
        return toResponse(coreError(503, '2003', 'the Payment Manager is not connected yet'));
      const answer = await paymentsApi(request, { payer, customers, clock, random, fspId: settings.fspId });
      return toResponse(answer ?? coreError(404, '3002', 'unknown path'));
    } catch (error) {
      if (error instanceof RequestInvalid) return toResponse(coreError(400, error.statusCode, error.message));
      throw error;
    }
  }
}

/** Read-only views for people and tests. */
function adminApi(
  request: HttpRequest,
  { db, ledger, calls, settings }: { db: CoreDatabase; ledger: Ledger; calls: CallLog; settings: CoreSettings },
): HttpResponse | undefined {
  if (request.method !== 'GET') return undefined;
  const show = (body: object): HttpResponse => toResponse({ status: 200, body });
  switch (request.target.split('?')[0]) {
    case '/':
      return show({ fspId: settings.fspId, atPrepare: settings.atPrepare });
    case '/accounts':
      return show({ accounts: ledger.accounts().map(({ units, ...account }) => ({ ...account, balance: formatBalance(units) })) });
    case '/ledger':
      return show({
        postings: ledger.postings(POSTINGS_SHOWN).map((posting) => ({
          number: posting.number,
          key: posting.key,
          memo: posting.memo,
          at: posting.at,
          lines: posting.lines.map(({ account, units }) => ({ account, amount: formatBalance(units) })),
        })),
      });
    case '/statement':
      return statementAnswer(request.target, db);
    case '/calls':
      return show({ calls: calls.list() });
    default:
      return undefined;
  }
}
