import Type from 'typebox';
import { type Actor, actorName } from '../access/actor.ts';
import { notNow, switchedOff } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON } from '../server/schemas.ts';
import { commit, load, putOf } from '../store/kept.ts';
import type { PromotionDoor, TestRun, TestWish } from './connection-door.ts';
import { doorOf } from './connection-routes.ts';
import type { RouteDeps, Surroundings } from './deps.ts';

const PARTY = Type.String({ pattern: '^[A-Z_]{2,32}:[^\\s/]{1,128}$', description: 'like MSISDN:27713803912' });
const ENVIRONMENT = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

/** From installed to connected: the readiness test, and from one environment to the next. */
export function onboardingRoutes(deps: RouteDeps): readonly Route[] {
  const { around } = deps;
  return [
    route({
      method: 'GET',
      path: '/connection/test',
      permission: 'connection:read',
      summary: 'The readiness test that runs here, step by step, and the last one that ended',
      handle: async () => ({ run: await toldRun(deps), last: await doorOf(around).lastTest() }),
    }),
    route({
      method: 'POST',
      path: '/connection/test',
      permission: 'connection:test',
      summary: 'Begins a readiness test: TLS both ways, token, signature, a look-up through the hub',
      perMinute: 6,
      body: closed({ party: Type.Optional(PARTY), reason: REASON }),
      handle: ({ actor, body: { reason, ...wish } }) => begun(deps, actor, wish, reason),
    }),
    route({
      method: 'POST',
      path: '/connection/test/payment',
      permission: 'connection:pay',
      summary: 'The same with a payment at its end: this moves money',
      perMinute: 10,
      body: closed({
        party: PARTY,
        payer: PARTY,
        amount: Type.String({ pattern: '^[1-9]?\\d{0,17}(\\.\\d{1,4})?$', minLength: 1 }),
        currency: Type.String({ pattern: '^[A-Z]{3}$' }),
        reason: REASON,
      }),
      handle: ({ actor, body: { reason, party, payer, amount, currency } }) =>
        begun(deps, actor, { party, payment: { amount, currency, payer } }, reason),
    }),
    ...promotionRoutes(deps),
  ];
}

/** One that runs, or ran last: kept, so that each process and worker tells of it. */
interface KeptRun extends TestRun {
  readonly startedAt: number;
  readonly by: string;
  /** When it was told last. */
  readonly toldAt: number;
}

const RUN_ID = 'readiness-run';
const KEPT_MS = 86_400_000;
/** No step takes as long: the process that made it has ended. */
const SILENT_MS = 180_000;

async function toldRun({ signIn }: Pick<RouteDeps, 'signIn'>): Promise<KeptRun | undefined> {
  const run = (await load<KeptRun>(signIn, 'setting', RUN_ID))?.value;
  if (run?.running !== true || signIn.clock.now() - run.toldAt < SILENT_MS) return run;
  return { ...run, running: false, failed: 'the process that made it has ended' };
}

async function begun({ around, signIn }: RouteDeps, actor: Actor, wish: TestWish, reason: string): Promise<object> {
  const by = actorName(actor);
  const door = doorOf(around);
  if ((await toldRun({ signIn }))?.running === true) throw notNow('A test runs already.', 'Wait for its end.');
  const startedAt = signIn.clock.now();
  const keep = async (run: TestRun, said: Parameters<typeof commit>[2] = []): Promise<void> => {
    const kept = await load<KeptRun>(signIn, 'setting', RUN_ID);
    const now = signIn.clock.now();
    await commit(
      signIn,
      [putOf<KeptRun>('setting', RUN_ID, kept, { ...run, startedAt, by, toldAt: now }, { expires: now + KEPT_MS })],
      said,
    );
  };
  const { party, payment } = wish;
  const after = { ...(party !== undefined && { party: 'given' }), ...(payment && { amount: payment.amount, currency: payment.currency }) };
  await keep({ running: true, steps: [] }, [
    { actor: by, action: 'connection.tested', target: `environment:${around.environment}`, after, reason },
  ]);
  // one after the other, in the order in which they are told
  let telling = Promise.resolve();
  const tell = (run: TestRun): void => {
    telling = telling
      .then(() => keep(run))
      .catch((error: unknown) => signIn.log.warn('how far a readiness test is could not be kept', { reason: String(error) }));
  };
  void door.test(wish, { by: by.slice(0, 100), reason }, tell);
  return { startedAt };
}

function promotionRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/connection/promotion',
      permission: 'configuration:read',
      summary: 'The environments of the configuration; of two, in which keys they differ, and what would be taken over',
      query: closed({ from: Type.Optional(ENVIRONMENT), to: Type.Optional(ENVIRONMENT) }),
      async handle({ query: { from, to } }) {
        const { environment, promotion } = around;
        const known = { environment, environments: promotion?.environments ?? [environment] };
        return from === undefined || to === undefined ? known : { ...known, ...(await promotionOf(around).compare(from, to)) };
      },
    }),
    route({
      method: 'POST',
      path: '/connection/promotion',
      permission: 'configuration:change',
      summary:
        'Writes what may be taken over into the file of the configuration; the process of that environment reads it at its next start',
      perMinute: 6,
      body: closed({ from: ENVIRONMENT, to: ENVIRONMENT, reason: REASON }),
      async handle({ actor, body: { from, to, reason } }) {
        const said = { actor: actorName(actor), target: `environment:${to}`, reason } as const;
        const promotion = promotionOf(around);
        await commit(signIn, [], [{ ...said, action: 'promotion.begun', after: { from, to } }]);
        const written = await promotion.write(from, to);
        await commit(signIn, [], [{ ...said, action: 'promotion.done', after: written }]);
        return written;
      },
    }),
  ];
}

/** @throws Problem `SWITCHED_OFF` */
function promotionOf({ promotion }: Surroundings): PromotionDoor {
  if (promotion !== undefined) return promotion;
  throw switchedOff('The configuration is no file with several environments.', 'environments');
}
