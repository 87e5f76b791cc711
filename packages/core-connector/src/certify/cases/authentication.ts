import { faultsOf } from '../judge-payment.ts';
import { pay, price, quoteRequest } from '../payment.ts';
import { type Candidate, Rig } from '../rig.ts';
import { type Cases, paidWith, stepsOf, terms } from './case.ts';

const MINUTE_MS = 60_000;
const AT_ONCE = 40;

/** AT: tokens that end, and log-ins that are refused. */
export const authenticationCases: Cases = (candidate) => {
  const used = new Rig(candidate).tokens.used;
  const skip = used ? {} : { skipped: 'this core takes no tokens' };
  return [
    {
      id: 'AT-01',
      name: `a token ends under ${AT_ONCE} reads at once: few log-ins, and each read is answered`,
      ...skip,
      run: () => renewed(candidate),
    },
    {
      id: 'AT-02',
      name: 'the core takes a token no more at a call that moves money: one effect',
      run: async () => {
        const faults = [];
        const rig = new Rig(candidate);
        for (const { kind } of stepsOf(rig, 'COMMITTED'))
          faults.push(...(await paidWith(candidate, terms(candidate), { [kind]: ['unauthorized'] })));
        return faults;
      },
    },
    {
      id: 'AT-03',
      name: 'log-ins are refused: nothing moves, no storm of log-ins, and it goes on when they are taken',
      ...skip,
      run: () => refused(candidate, 'refuses'),
    },
    { id: 'AT-05', name: 'a log-in is answered without a token: the same', ...skip, run: () => refused(candidate, 'empty') },
  ];
};

async function renewed(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const request = quoteRequest(rig, terms(candidate), rig.transferId());
  const quote = () => rig.life.door.quote({ quote: request }, rig.time.now() + MINUTE_MS);
  await rig.drive(quote());
  await rig.drive(rig.pause(MINUTE_MS));
  rig.tokens.revoke();
  const before = rig.tokens.logIns;
  const told = await rig.drive(Promise.all(Array.from({ length: AT_ONCE }, quote)));
  const failed = told.filter(({ kind }) => kind !== 'ok').length;
  const logIns = rig.tokens.logIns - before;
  return [...(failed > 0 ? [`${failed} of ${AT_ONCE} reads failed`] : []), ...(logIns > 2 ? [`there were ${logIns} log-ins`] : [])];
}

async function refused(candidate: Candidate, mode: 'refuses' | 'empty'): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  rig.tokens.mode = mode;
  const faults: string[] = [];
  const priced = await rig.drive(price(rig, terms(candidate), 30));
  if (!('code' in priced)) faults.push('there is a quote without a token');
  if (rig.tokens.logIns > 31) faults.push(`there were ${rig.tokens.logIns} log-ins for 30 quotes`);
  if (rig.core.calls.length > 0) faults.push('the core was called');
  rig.tokens.mode = 'gives';
  const paid = await rig.drive(pay(rig, terms(candidate)));
  return [...faults, ...(paid.outcome === 'COMMITTED' ? [] : ['nothing is paid afterwards']), ...(await faultsOf(rig, paid))];
}
