import type { ValueObject } from '../expression/value.ts';
import type { Backend } from '../language/backend.ts';
import type { CallAnswer } from '../run/answer.ts';
import type { BackEnd, BackEndDeps, OpenBackEnds } from './back-end.ts';
import { httpBackEnd } from './http-back-end.ts';
import { iso8583BackEnd } from './iso8583-back-end.ts';
import { Room } from './room.ts';
import { sqlBackEnd } from './sql-back-end.ts';

/**
 * The back ends of a connector, each called as its kind says, given no more to do than its limits say, and left alone for a while when most
 * calls of it fail.
 *
 * @throws SettingMissing when a setting that a back end needs is not there, or leads to a host that may not be called.
 */
export function openBackEnds(deps: BackEndDeps): OpenBackEnds {
  const { running, clock, timers, conditions } = deps;
  const root: ValueObject = Object.assign(Object.create(null), { cfg: Object.assign(Object.create(null), running.cfg) });
  const all = new Map(
    [...running.connector.backends].map(([name, backend]) => [
      name,
      { backEnd: backEndOf(backend, root, deps), room: new Room(backend.limits, clock, timers), condition: conditions?.of(name) },
    ]),
  );
  return {
    async call(request, deadline, purpose, about) {
      const to = all.get(request.to);
      if (to === undefined) return notCalled(`there is no back end ${request.to}`);
      const { backEnd, room, condition } = to;
      if (condition?.passes() === false) return notCalled(`the back end ${request.to} does not answer: not called`);
      const leave = await room.enter(deadline - clock.now());
      if (leave === undefined) return notCalled('too many calls of the core wait: not called');
      const began = condition?.begin(purpose);
      let answer: CallAnswer | undefined;
      try {
        answer = await backEnd.call(request, deadline, purpose, about);
        return answer;
      } finally {
        leave();
        began?.(answer);
      }
    },
    probe: async (name, deadline) => (await all.get(name)?.backEnd.probe(deadline)) ?? { ok: false, reason: 'it is not there any more' },
    async close() {
      await Promise.all([...all.values()].map(({ backEnd }) => backEnd.close()));
    },
  };
}

function notCalled(reason: string): CallAnswer {
  return { kind: 'failed', sent: false, reason, own: true };
}

function backEndOf(backend: Backend, root: ValueObject, deps: BackEndDeps): BackEnd {
  switch (backend.kind) {
    case 'http':
      return httpBackEnd(backend, root, deps);
    case 'sql':
      return sqlBackEnd(backend, root, deps);
    case 'iso8583':
      return iso8583BackEnd(backend, root, deps);
  }
}
