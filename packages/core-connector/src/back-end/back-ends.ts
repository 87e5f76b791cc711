import type { ValueObject } from '../expression/value.ts';
import type { Backend } from '../language/backend.ts';
import type { BackEnd, BackEndDeps, OpenBackEnds } from './back-end.ts';
import { httpBackEnd } from './http-back-end.ts';
import { Room } from './room.ts';
import { sqlBackEnd } from './sql-back-end.ts';

/**
 * The back ends of a connector, each called as its kind says and given no more to do than its limits say.
 *
 * @throws SettingMissing when a setting that a back end needs is not there, or leads to a host that may not be called.
 */
export function openBackEnds(deps: BackEndDeps): OpenBackEnds {
  const { running, clock, timers } = deps;
  const root: ValueObject = Object.assign(Object.create(null), { cfg: Object.assign(Object.create(null), running.cfg) });
  const all = new Map(
    [...running.connector.backends].map(([name, backend]) => [
      name,
      { backEnd: backEndOf(backend, root, deps), room: new Room(backend.limits, clock, timers) },
    ]),
  );
  return {
    async call(request, deadline, purpose) {
      const to = all.get(request.to);
      if (to === undefined) return { kind: 'failed', sent: false, reason: `there is no back end ${request.to}` };
      const leave = await to.room.enter(deadline - clock.now());
      if (leave === undefined) return { kind: 'failed', sent: false, reason: 'too many calls of the core wait: not called' };
      try {
        return await to.backEnd.call(request, deadline, purpose);
      } finally {
        leave();
      }
    },
    async close() {
      await Promise.all([...all.values()].map(({ backEnd }) => backEnd.close()));
    },
  };
}

function backEndOf(backend: Backend, root: ValueObject, deps: BackEndDeps): BackEnd {
  return backend.kind === 'http' ? httpBackEnd(backend, root, deps) : sqlBackEnd(backend, root, deps);
}
