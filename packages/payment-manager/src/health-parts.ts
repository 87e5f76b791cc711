import type { Readiness } from '@payment-manager/operations/api';
import type { PartState } from '@payment-manager/read-model';
import type { AlarmCode, AlarmEntry } from '@payment-manager/runtime';

/** From when on the event loop is held up too long, milliseconds: somebody should look; nothing goes on. */
const LAG_WARN_MS = 250;
const LAG_DOWN_MS = 2_000;

export interface SeenHealth {
  readonly readiness: Pick<Readiness, 'parts'>;
  readonly alarms: readonly Pick<AlarmEntry, 'code'>[];
  readonly gauges: Readonly<Record<string, number>>;
  /** Whether there is a vault, and a token for the hub. */
  readonly vault: boolean;
  readonly token: boolean;
}

/** How every part of a process is, in the order in which they are shown. Pure. */
export function healthParts({ readiness: { parts }, alarms, gauges, vault, token }: SeenHealth): Readonly<Record<string, PartState>> {
  const stands = (...codes: readonly AlarmCode[]): boolean => alarms.some(({ code }) => codes.includes(code));
  const isBad = (name: string): boolean => parts[name]?.ok === false;
  const graded = (down: boolean, warn = false): PartState => (down ? 'down' : warn ? 'warn' : 'ok');
  const { work = 0, workLimit = Number.POSITIVE_INFINITY, lagMs = 0 } = gauges;
  return {
    hub: graded(stands('HUB_NOT_ANSWERING')),
    core: graded(stands('CORE_NOT_ANSWERING'), stands('CORE_CALLS_FAILING')),
    database: graded(isBad('journal')),
    engine: graded(isBad('engine')),
    certificates: graded(
      isBad('credentials') || stands('CERTIFICATE_EXPIRED'),
      stands('CERTIFICATE_EXPIRING', 'SERVED_CERTIFICATE_WRONG', 'CREDENTIALS_NOT_TAKEN'),
    ),
    ...(vault && { vault: graded(isBad('connection'), stands('VAULT_ELSEWHERE', 'ARTEFACT_FAILING')) }),
    ...(token && { token: graded(stands('HUB_TOKEN_UNAVAILABLE', 'HUB_TOKEN_REFUSED')) }),
    messages: graded(stands('MESSAGES_LOST')),
    queues: graded(false, work >= workLimit),
    'event-loop': graded(lagMs >= LAG_DOWN_MS, lagMs >= LAG_WARN_MS),
    'read-model': graded(false, stands('READ_MODEL_BEHIND')),
  };
}
