import type { ValueObject } from '../expression/value.ts';
import type { Iso8583Backend } from '../language/backend.ts';
import { answerInWords, type CallAnswer } from '../run/answer.ts';
import { partsIn } from '../run/drawn.ts';
import { textIn } from '../run/fill.ts';
import type { Iso8583Request } from '../run/render-iso8583.ts';
import type { BackEnd, BackEndDeps } from './back-end.ts';
import { Host } from './iso8583/host.ts';
import { hostAddressOf } from './iso8583/host-address.ts';
import { openTcp } from './iso8583/tcp-wire.ts';
import { exchangeRecorder } from './recorded-exchange.ts';
import { needed, SettingMissing } from './setting.ts';

/**
 * A back end that is a host which speaks ISO 8583. Nothing is repeated. Logs name the back end, message type and response code; no field.
 *
 * @throws SettingMissing when a setting that it needs is not there, or the host may not be reached like that.
 */
export function iso8583BackEnd(backend: Iso8583Backend, root: ValueObject, deps: BackEndDeps): BackEnd<Iso8583Request> {
  const { clock, timers, log, allowedHosts, openWire = openTcp } = deps;
  const text = (value: Iso8583Backend['ca'], what: string) => (value === undefined ? undefined : textIn(value, root, what));
  const address = hostAddressOf({
    address: needed(backend.address, root, 'the address of the host'),
    ca: text(backend.ca, 'the CA'),
    certificate: text(backend.certificate, 'our certificate'),
    key: text(backend.key, 'the key of our certificate'),
    allowedHosts,
  });
  const host = new Host({ backend, address, zone: zoneOf(backend, root), root, openWire, clock, timers, log });
  const record = exchangeRecorder(backend.name, deps);
  return {
    async call(request, deadline, purpose, of) {
      const leftMs = Math.min(deadline - clock.now(), backend.timeouts.totalMs);
      if (leftMs <= 0) return { kind: 'failed', sent: false, reason: 'there was no time left for the call', own: true };
      const [at, startedMs] = [clock.now(), clock.monotonic()];
      let sent = request.fields;
      const answer: CallAnswer = await host.exchange(request, leftMs, (fields) => {
        sent = fields;
      });
      record?.({ at, startedMs, request, sent, answer, about: of });
      const about = { backend: backend.name, mti: request.mti, purpose };
      if (answer.kind === 'failed') log.warn('core: call failed', { ...about, sent: answer.sent, reason: answer.reason });
      else if (answer.kind === 'iso8583' && answer.fields['DE39'] !== '00')
        log.info('core: answered', { ...about, said: answerInWords(answer) });
      return answer;
    },
    probe: (deadline) => host.probe(Math.max(0, deadline - clock.now())),
    close: async () => host.close(),
  };
}

function zoneOf({ zone }: Iso8583Backend, root: ValueObject): string {
  const name = needed(zone, root, 'the time zone of the host');
  try {
    partsIn(name, 0);
    return name;
  } catch {
    throw new SettingMissing('the time zone of the host is none');
  }
}
