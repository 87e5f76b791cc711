import { X509Certificate } from 'node:crypto';
import { GIVE_TO_PROXY, presentedBy } from '@payment-manager/configuration/addresses';
import { every, probeTls, Secret, type Timer, type TlsProbe, type World } from '@payment-manager/runtime';
import { oneLine, type TlsSnapshot } from '@payment-manager/vault';

/** A TLS server that is looked at, and what is known of it. */
export interface LookedAt {
  /** `inbound`: our own; `proxy`: what ends TLS before our own, at the address that the hub calls; `hub`: one of the hub's. */
  readonly where: 'inbound' | 'proxy' | 'hub';
  readonly host: string;
  readonly port: number;
  /** Ours, and a proxy's: it must present this one. The hub's: we trust it with this. Undefined: not connected yet. */
  snapshot(): TlsSnapshot | undefined;
}

/** What a server was seen to present. */
export interface Served {
  readonly where: LookedAt['where'];
  readonly address: string;
  readonly state: 'Ready' | 'Progressing' | 'Failed';
  readonly reason:
    | 'IN_ORDER'
    | 'NOT_CONNECTED'
    | 'NOT_SERVED'
    | 'NOT_CHECKED'
    | 'FORMER_CERTIFICATE'
    | 'OTHER_CERTIFICATE'
    | 'UNTRUSTED'
    | 'EXPIRED';
  readonly message: string;
  readonly nextStep?: string;
  /** The certificate that was presented. Times in milliseconds since the epoch. */
  readonly certificate?: {
    readonly subject: string;
    readonly issuer: string;
    readonly fingerprint: string;
    readonly validFrom: number;
    readonly validTo: number;
  };
  /** Since when it stands so, milliseconds since the epoch. */
  readonly since: number;
  readonly lookedAt: number;
}

export interface ServedDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'> {
  /** Other processes behind the same address take a change within it: so long a wrong certificate may be a matter of rotation. Default 500. */
  readonly settleMs?: number;
  /** Replaced in tests. */
  readonly probe?: typeof probeTls;
}

/** Looks again and again at what is really served. */
export interface ServedWatch {
  served(): readonly Served[];
  /** Now; resolves when it is done. */
  look(): Promise<void>;
  /** In a moment: keys have changed, and more changes may follow. */
  lookSoon(): void;
  stop(): void;
}

const EVERY_MS = 60_000;
const TIMEOUT_MS = 5_000;
/** After a change more may follow. */
const SOON_MS = 500;

type Verdict = Omit<Served, 'since' | 'lookedAt' | 'where' | 'address'>;

/** Watches what our own server and the hub's really present, not what should be presented. */
export function watchServed(targets: readonly LookedAt[], deps: ServedDeps): ServedWatch {
  const { clock, timers, log, settleMs = 500 } = deps;
  const results = new Map<string, Served>();
  let soon: Timer | undefined;
  deps.metrics.readGauge(
    'pm_served_certificate_expires_seconds',
    'End of validity of the certificate that a server was seen to present, Unix time',
    ['where', 'address'],
    () =>
      [...results.values()].flatMap(({ where, address, certificate }) =>
        certificate ? [{ labels: { where, address }, value: certificate.validTo / 1_000 }] : [],
      ),
  );
  deps.metrics.readGauge(
    'pm_served_certificate_right',
    '1 when a server presents the certificate that it should, else 0',
    ['where', 'address'],
    () =>
      [...results.values()].flatMap(({ where, address, state, reason }) =>
        reason === 'NOT_CHECKED' ? [] : [{ labels: { where, address }, value: state === 'Ready' ? 1 : 0 }],
      ),
  );

  const lookAt = async (target: LookedAt): Promise<void> => {
    const { where } = target;
    let verdict = await judged(target, deps);
    if (verdict.reason === 'OTHER_CERTIFICATE' || verdict.reason === 'UNTRUSTED') {
      await new Promise<void>((resolve) => void timers.after(settleMs, resolve));
      verdict = await judged(target, deps);
    }
    const address = addressOf(target);
    const before = results.get(`${where} ${address}`);
    const same = before?.reason === verdict.reason;
    const now = clock.now();
    results.set(`${where} ${address}`, { where, address, ...verdict, since: same ? before.since : now, lookedAt: now });
    if (!same && verdict.state === 'Failed')
      log.error('a served certificate is not the expected one', {
        where,
        address,
        reason: verdict.reason,
        message: verdict.message,
        nextStep: verdict.nextStep,
      });
    else if (!same && before?.state === 'Failed') log.info('the expected certificate is served again', { where, address });
  };
  const looking = every(EVERY_MS, timers, () => Promise.all(targets.map(lookAt)));
  return {
    served: () => [...results.values()],
    look: looking.now,
    lookSoon() {
      soon?.cancel();
      soon = timers.after(SOON_MS, () => void looking.now());
    },
    stop() {
      looking.stop();
      soon?.cancel();
    },
  };
}

function addressOf({ host, port }: LookedAt): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function judged(target: LookedAt, { clock, probe = probeTls }: ServedDeps): Promise<Verdict> {
  const { where, host, port } = target;
  if (target.snapshot() === undefined)
    return { state: 'Progressing', reason: 'NOT_CONNECTED', message: 'There is no certificate in use yet, so nothing is checked.' };
  const credentials = target.snapshot() ?? nobody;
  const seen = await probe({
    host,
    port,
    timeoutMs: TIMEOUT_MS,
    credentials: where === 'hub' ? credentials : { ...nobody, trustedCas: credentials.trustedCas },
  });
  const snapshot = target.snapshot();
  return seen.kind === 'failed' ? notServed(target, seen) : verdictOn(where, seen, snapshot, clock.now());
}

/** A probe of our own server, or of a proxy, presents nothing: it only wants to see. */
const nobody = { certificate: '', privateKey: new Secret(''), trustedCas: '' };

function notServed(target: LookedAt, { phase, code }: Extract<TlsProbe, { kind: 'failed' }>): Verdict {
  const address = addressOf(target);
  if (target.where === 'proxy')
    return {
      state: 'Progressing',
      reason: 'NOT_CHECKED',
      message: `What the proxy presents at ${address} cannot be seen from here: ${phase} failed (${code}).`,
      nextStep: `Where the hub reaches it, nothing: not every network lets its own public address be called from inside. Else see the proxy; what it must present: ${GIVE_TO_PROXY}`,
    };
  // a hub that cannot be reached is an alarm of its own (HUB_NOT_ANSWERING), and says nothing about its certificate
  if (target.where === 'hub' && (phase !== 'tls' || code === 'CONNECT_TIMEOUT'))
    return {
      state: 'Progressing',
      reason: 'NOT_CHECKED',
      message: `What the hub presents at ${address} cannot be seen now: ${phase} failed (${code}).`,
      nextStep: 'Run ./pm doctor; see network and firewall, or ask the hub’s operator.',
    };
  return {
    state: 'Failed',
    reason: 'NOT_SERVED',
    message: `No TLS connection to ${address}: ${phase} failed (${code}).`,
    nextStep:
      target.where === 'inbound'
        ? 'Check whether another process uses the port, and see the log.'
        : 'Run ./pm doctor, or ask the hub’s operator.',
  };
}

function verdictOn(
  where: Served['where'],
  seen: Extract<TlsProbe, { kind: 'served' }>,
  snapshot: TlsSnapshot | undefined,
  now: number,
): Verdict {
  const presented = new X509Certificate(seen.certificate);
  const { fingerprint256, validFromDate, validToDate } = presented;
  const certificate = {
    subject: oneLine(presented.subject),
    issuer: oneLine(presented.issuer),
    fingerprint: fingerprint256,
    validFrom: validFromDate.getTime(),
    validTo: validToDate.getTime(),
  };
  const failed = (reason: Served['reason'], message: string, nextStep: string): Verdict => ({
    state: 'Failed',
    reason,
    message,
    nextStep,
    certificate,
  });
  if (certificate.validTo <= now || certificate.validFrom > now)
    return failed('EXPIRED', 'The certificate that is presented is not valid now.', EXPIRED_STEPS[where]);
  if (where === 'hub')
    return seen.distrust === undefined
      ? { state: 'Ready', reason: 'IN_ORDER', message: 'The hub presents a certificate that we trust.', certificate }
      : failed(
          'UNTRUSTED',
          `The hub presents a certificate that we do not trust (${seen.distrust}).`,
          'See the hub’s CA (HUB_CA); tell the hub’s operator which certificate is presented.',
        );
  if (where === 'proxy' && snapshot !== undefined) return ofProxy(seen, snapshot, { certificate, now });
  const expected = snapshot === undefined ? undefined : new X509Certificate(snapshot.certificate).fingerprint256;
  return expected === fingerprint256
    ? { state: 'Ready', reason: 'IN_ORDER', message: 'Our server presents the certificate in use.', certificate }
    : failed(
        'OTHER_CERTIFICATE',
        'Our server’s address presents another certificate than the one in use.',
        'Check whether another process or a proxy uses the port; otherwise restart the product.',
      );
}

const EXPIRED_STEPS: Readonly<Record<Served['where'], string>> = {
  hub: 'Tell the hub’s operator.',
  inbound: 'Renew it: ./pm cert renew server',
  proxy: `Give the proxy the present one: ${GIVE_TO_PROXY}`,
};

/** What is left of the life of a former certificate, from which it is an alarm that the proxy has not got the next one. */
const LATE_LEFT = 1 / 6;

/** A former certificate of ours is believed by the hub to its end, so there is time to give the proxy the next one. */
function ofProxy(
  seen: Extract<TlsProbe, { kind: 'served' }>,
  inUse: TlsSnapshot,
  { certificate, now }: { readonly certificate: NonNullable<Served['certificate']>; readonly now: number },
): Verdict {
  const presented = presentedBy(seen, inUse);
  if (presented === 'in-use')
    return { state: 'Ready', reason: 'IN_ORDER', message: 'The proxy presents our server certificate in use.', certificate };
  const nextStep = `Give the proxy the present one: ${GIVE_TO_PROXY}`;
  if (presented === 'other')
    return {
      state: 'Failed',
      reason: 'OTHER_CERTIFICATE',
      message: `The proxy presents a certificate that is not from our published CA (${seen.distrust}).`,
      nextStep,
      certificate,
    };
  const { validFrom, validTo } = certificate;
  return {
    state: validTo - now > (validTo - validFrom) * LATE_LEFT ? 'Progressing' : 'Failed',
    reason: 'FORMER_CERTIFICATE',
    message: `The proxy presents a previous certificate of ours, until ${new Date(validTo).toISOString().slice(0, 16)}Z; a newer one is in use.`,
    nextStep,
    certificate,
  };
}
