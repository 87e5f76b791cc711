import type { CoreAct, CoreDesk } from '../core-client/core-door.ts';
import type { ExceptionsDoor, PaymentDetail, Resolution } from './exceptions-door.ts';

/** What a person does about the record that a payment has at the core. */
export function isCoreAct(act: Resolution['act']): act is CoreAct {
  return act.action === 'core-executed' || act.action === 'core-not-executed' || act.action === 'core-done';
}

/** The door to what needs a person, where payments have records at the core: what these know, and what may be done about them, stands with the payment. */
export function withCoreRecords(door: ExceptionsDoor, core: CoreDesk | undefined): ExceptionsDoor {
  if (core === undefined) return door;
  const joined = async (detail: PaymentDetail): Promise<PaymentDetail> => {
    const { payment, known, said, history, allowed } = detail;
    const shown = await core.shown(payment.flow, payment.id);
    if (shown === undefined) return detail;
    return {
      payment: { ...payment, exceptions: [...payment.exceptions, ...shown.exceptions] },
      known: { ...known, core: [...known.core, ...shown.known] },
      said: { ...said, core: [...said.core, ...shown.said] },
      history: [...history, ...shown.history].toSorted((a, b) => a.at - b.at),
      allowed: [...allowed, ...shown.allowed],
    };
  };
  const find = async (id: string, flow: Resolution['flow']): Promise<PaymentDetail | undefined> => {
    const detail = await door.exception(id, flow);
    return detail && joined(detail);
  };
  const askNow = async (id: string, flow: Resolution['flow']): Promise<void> => {
    const detail = await door.exception(id, flow);
    if (detail?.allowed.some(({ action }) => action === 'ask-core')) await core.askNow(detail.payment.flow, detail.payment.id);
  };
  return {
    ...door,
    exception: find,
    async resolve(resolution) {
      const { id, flow, act, reason, by } = resolution;
      if (!isCoreAct(act)) {
        // the payment is told what its record knows: that asks first
        if (act.action === 'ask-core') await askNow(id, flow);
        const answer = await door.resolve(resolution);
        return answer.kind === 'done' ? { ...answer, detail: await joined(answer.detail) } : answer;
      }
      const before = await find(id, flow);
      if (before === undefined) return { kind: 'missing' };
      const role = before.payment.flow;
      const taken = await core.act(role, id, act, { by: by.trim(), reason: reason.trim() });
      const detail = (await find(id, role)) ?? before;
      return taken ? { kind: 'done', detail } : { kind: 'not-allowed', allowed: detail.allowed };
    },
  };
}
