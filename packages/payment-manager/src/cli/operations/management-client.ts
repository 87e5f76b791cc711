import type { FoundPayment, PaymentDetail, Role } from '@payment-manager/mojaloop-connector';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { demandDone } from './ask-local.ts';
import type { ManagementDoor } from './management-door.ts';
import type {
  Act,
  ListedException,
  OperationsClient,
  Report,
  RestoredAct,
  ShownPayment,
  ShownRestore,
  ToldReload,
} from './operations-client.ts';

/** What changes anything goes through the management API, where there is one: roles, four eyes and the audit log hold. The rest is asked as before. */
export function changingThrough(door: () => Promise<ManagementDoor | undefined>, base: OperationsClient): OperationsClient {
  const either = async <T>(through: (there: ManagementDoor) => Promise<T>, without: () => Promise<T>): Promise<T> => {
    const there = await door();
    return there === undefined ? without() : through(there);
  };
  return {
    ...base,
    act: (id, act) =>
      either(
        (there) => acted(there, id, act),
        () => base.act(id, act),
      ),
    readIn: (report) =>
      either(
        (there) => readIn(there, report),
        () => base.readIn(report),
      ),
    actOnRestored: (act) =>
      either(
        (there) => actedOnRestored(there, act),
        () => base.actOnRestored(act),
      ),
    reloadConnector: (reason) =>
      either(
        (there) => reloaded(there, reason),
        () => base.reloadConnector(reason),
      ),
  };
}

/** Everything through the management API, from another machine. What it does not have is done on the machine itself. */
export function onlyManagement(door: ManagementDoor): OperationsClient {
  const onTheMachine = async (): Promise<never> => {
    throw new CommandFailed(EXIT_CODES.usage, 'This is not done through --api: run it on the machine of the product.');
  };
  return {
    url: door.where,
    async identity() {
      return (await door.ask('GET /api/me'))['process'] as Awaited<ReturnType<OperationsClient['identity']>>;
    },
    async exceptions() {
      const rows = (await door.ask('GET /api/exceptions?limit=1000'))['exceptions'] as readonly ListedRow[];
      return rows.map(({ id, since, ...row }) => ({ ...row, payment: id, since: new Date(since).toISOString() }));
    },
    payment: (id, flow) => paymentAt(door, id, flow),
    async find(id): Promise<readonly FoundPayment[]> {
      const found = await paymentAt(door, id);
      return found === undefined ? [] : [{ transferId: id, flow: found.payment.flow, as: 'transferId' }];
    },
    act: (id, act) => acted(door, id, act),
    messages: onTheMachine,
    eraseMessages: onTheMachine,
    restored: async () => shownRestore(await door.ask('GET /api/restored')),
    readIn: (report) => readIn(door, report),
    actOnRestored: (act) => actedOnRestored(door, act),
    reloadConnector: (reason) => reloaded(door, reason),
    configuration: onTheMachine,
    prune: onTheMachine,
    payments: onTheMachine,
  };
}

type ListedRow = Omit<ListedException, 'payment' | 'since'> & { readonly id: string; readonly since: number };

async function acted(door: ManagementDoor, id: string, { reason, by: _by, flow, ...act }: Act): Promise<ShownPayment> {
  const action = act.action === 'settle' ? { action: 'resolve', as: act.as } : act;
  await door.ask(`POST /api/exceptions/${encodeURIComponent(id)}/act`, { ...action, reason, ...(flow !== undefined && { flow }) });
  const after = await paymentAt(door, id, flow);
  if (after === undefined) throw new CommandFailed(EXIT_CODES.failed, `It is done, and the payment ${id} cannot be shown.`);
  return after;
}

async function paymentAt(door: ManagementDoor, id: string, flow?: Role): Promise<ShownPayment | undefined> {
  const found = await door.find(`GET /api/exceptions/${encodeURIComponent(id)}${flow === undefined ? '' : `?flow=${flow}`}`);
  if (found === undefined) return undefined;
  const { payment, known, history, allowed } = found as unknown as PaymentDetail;
  return { payment, known, history: history.map((line) => ({ ...line, at: new Date(line.at).toISOString() })), allowed };
}

async function readIn(door: ManagementDoor, { from, text }: Report): Promise<{ readonly made: number; readonly mark: ShownRestore }> {
  const { made, restored } = await door.ask('POST /api/restored/report', { from, statement: text });
  return { made: Number(made), mark: shownRestore(restored as RawRestore) };
}

async function actedOnRestored(door: ManagementDoor, { act, reason }: RestoredAct): Promise<ShownRestore> {
  await door.ask(`POST /api/restored/${act}`, { reason });
  return shownRestore(await door.ask('GET /api/restored'));
}

async function reloaded(door: ManagementDoor, reason: string): Promise<ToldReload | undefined> {
  const answered = await door.send('POST /api/connector/reload', { reason });
  if (answered.status === 409 && answered.body['code'] === 'SWITCHED_OFF') return undefined;
  const { kind, ...told } = demandDone(answered);
  return { ...(kind !== 'refused' && { result: kind }), ...told } as unknown as ToldReload;
}

/** As the journal has it: instants in milliseconds. */
interface RawRestore {
  readonly number?: number;
  readonly reason?: string;
  readonly at?: number;
  readonly lastEventAt?: number;
  readonly accounted?: boolean;
  readonly lifted?: { readonly at: number; readonly by: string; readonly reason: string };
}

function shownRestore({ number, reason, at, lastEventAt = 0, accounted, lifted }: RawRestore): ShownRestore {
  if (number === undefined) return {};
  const instant = (ms: number): string => new Date(ms).toISOString();
  return {
    number,
    ...(reason !== undefined && { reason }),
    ...(at !== undefined && { at: instant(at) }),
    ...(lastEventAt > 0 && { lastEventAt: instant(lastEventAt) }),
    ...(accounted !== undefined && { accounted }),
    ...(lifted && { lifted: { ...lifted, at: instant(lifted.at) } }),
  };
}
