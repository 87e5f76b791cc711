import type { Surroundings } from '@payment-manager/management-api/test-portal';

type AlertsDoor = NonNullable<Surroundings['alerts']>;
type Incident = Awaited<ReturnType<AlertsDoor['incidents']>>[number];

const MINUTE = 60_000;

/** Three incidents as a bad morning has them, and rules. */
export function someAlerts(now: number): AlertsDoor {
  const sent = (channel: 'webhook' | 'email', event: 'began' | 'ended', at: number) =>
    ({ channel, event, at, state: 'sent', attempts: 1, nextAt: at, sentAt: at + 900 }) as const;
  let incidents: readonly Incident[] = [
    {
      ...{ id: 'hub-1', rule: 'hub', severity: 'critical', code: 'HUB_NOT_ANSWERING', count: 1, state: 'open', gaps: 7 },
      ...{ since: now - 12 * MINUTE, reason: 'No answer from https://hub.example/transfers (14 calls, last TIMEOUT).' },
      deliveries: [
        sent('email', 'began', now - 11 * MINUTE),
        {
          ...{ channel: 'webhook', event: 'began', at: now - 11 * MINUTE, state: 'owed', attempts: 4, nextAt: now + MINUTE },
          problem: 'it answers with status 503',
        },
      ],
    },
    {
      ...{ id: 'exceptions-1', rule: 'exceptions', severity: 'critical', code: 'CORE_OUTCOME_UNKNOWN', count: 3, state: 'open', gaps: 0 },
      ...{ since: now - 40 * MINUTE, reason: 'the core may have executed the transfer, and cannot be asked' },
      deliveries: [sent('email', 'began', now - 40 * MINUTE)],
      acknowledged: { by: 'user:otieno', at: now - 30 * MINUTE, reason: 'calling the core team' },
    },
    {
      ...{ id: 'latency-1', rule: 'latency', severity: 'warning', code: 'PAYMENTS_SLOW', count: 1, state: 'ended', gaps: 0 },
      ...{ since: now - 600 * MINUTE, endedAt: now - 560 * MINUTE, reason: '12 of 120 requests took over 10 s in the last 10 minutes.' },
      deliveries: [{ channel: 'email', event: 'began', at: now - 600 * MINUTE, state: 'held', attempts: 0, nextAt: now }],
    },
  ];
  const rule = (name: string, severity: 'critical' | 'warning', flaps: boolean, page: string, thresholds = {}) => ({
    ...{ rule: name, severity, flaps, page, thresholds },
    on: name !== 'read-model',
  });
  return {
    incidents: async () => incidents,
    async acknowledge(id, { by, reason }) {
      incidents = incidents.map((one) => (one.id === id ? { ...one, acknowledged: { by, reason, at: now } } : one));
      return incidents.find((one) => one.id === id);
    },
    test: async () => [
      { channel: 'webhook', kind: 'failed', problem: 'it answers with status 503' },
      { channel: 'email', kind: 'sent' },
    ],
    settings: () => ({
      rules: [
        rule('exceptions', 'critical', false, '/exceptions'),
        rule('hub', 'critical', true, '/health'),
        rule('success-rate', 'critical', true, '/payments', { belowPercent: 80, minimumPayments: 20, windowMs: 15 * MINUTE }),
        rule('latency', 'warning', true, '/payments', { aboveMs: 10_000, minimumRequests: 20, windowMs: 10 * MINUTE }),
        rule('read-model', 'warning', true, '/health'),
      ],
      channels: [
        { channel: 'webhook', to: 'https://alerts.greenbank.example' },
        { channel: 'email', to: 'operations@greenbank.example, on-call@greenbank.example' },
      ],
      quietHours: { from: '22:00', to: '06:30', zone: 'Africa/Nairobi' },
      beginsAfterMs: MINUTE,
      endsAfterMs: 10 * MINUTE,
    }),
    useMutes: () => {},
  };
}
