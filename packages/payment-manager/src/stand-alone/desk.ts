import type { CoreDesk, ExceptionsDoor, PaymentDetail, Role } from '@payment-manager/mojaloop-connector';

const ROLES: readonly Role[] = ['payee', 'payer'];

/** The records at the core as the operations API shows payments. Payments themselves, and the hub, are known where this process is called from. */
export function recordsDesk(records: CoreDesk): ExceptionsDoor {
  const found = async (id: string, flow?: Role): Promise<PaymentDetail | undefined> => {
    const all: PaymentDetail[] = [];
    for (const role of flow === undefined ? ROLES : [flow]) {
      const shown = await records.shown(role, id);
      if (shown === undefined) continue;
      const [first] = shown.history;
      all.push({
        payment: { id, flow: role, startedAt: first?.at ?? 0, hub: 'UNKNOWN', core: 'UNKNOWN', exceptions: shown.exceptions },
        known: { hub: ['not asked from here: see the payment where it is made'], us: [], core: shown.known },
        said: { hub: [{ code: 'hub-elsewhere' }], us: [], core: shown.said },
        history: shown.history,
        allowed: shown.allowed,
      });
    }
    return all.find(({ payment }) => payment.exceptions.length > 0) ?? all[0];
  };
  return {
    exception: found,
    find: async () => [],
    payments: async () => ({ payments: [] }),
    async resolve({ id, flow, act, reason, by }) {
      const before = await found(id, flow);
      if (before === undefined) return { kind: 'missing' };
      if (act.action !== 'core-executed' && act.action !== 'core-not-executed' && act.action !== 'core-done')
        return { kind: 'not-allowed', allowed: before.allowed };
      const role = before.payment.flow;
      const taken = await records.act(role, id, act, { by: by.trim(), reason: reason.trim() });
      const detail = (await found(id, role)) ?? before;
      return taken ? { kind: 'done', detail } : { kind: 'not-allowed', allowed: detail.allowed };
    },
  };
}
