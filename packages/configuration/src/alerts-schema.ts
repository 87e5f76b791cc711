import { LANGUAGES, type Language } from '@payment-manager/runtime/languages';
import { durationMs, flag, group, integer, list, oneOf, optional, path, port, text, url } from './leaf.ts';

/** What an alert is about; a rule that is named in `alerts.off` makes none. */
export const ALERT_RULE_NAMES = [
  'exceptions',
  'hub',
  'core',
  'journal',
  'success-rate',
  'latency',
  'cap',
  'expiry',
  'trust',
  'read-model',
  'delivery',
  'operation',
] as const;
export type AlertRuleName = (typeof ALERT_RULE_NAMES)[number];

const quietHours = group('Hours in which only what is critical is told; the rest waits for their end. Off unless both ends are given.', {
  from: optional(timeOfDay('Their beginning, by the clock of `zone`.', '22:00')),
  to: optional(timeOfDay('Their end; before `from` it is that of the next day.', '06:30')),
  zone: optional(text({ description: 'IANA name of the time zone. Default: `businessDay.zone`.', example: 'Africa/Nairobi' })),
});

function timeOfDay(description: string, example: string) {
  return text({ description: `${description} HH:MM.`, example });
}

const webhook = group('An address to which each alert is posted as signed JSON (docs/operations/alert-delivery.md).', {
  url: optional(
    url({
      description:
        'Left out: no webhook. Https outside a sandbox. No redirect is followed. Give it in the environment if its path is a secret.',
      example: 'https://alerts.greenbank.example.org/payment-manager',
    }),
  ),
  secret: optional(
    text({
      description:
        'Key of the HMAC-SHA256 in `x-payment-manager-signature`, 32 characters or more. Give it in the environment; or leave it out, and give `secretFile` or keep it in the vault as secret `alert-webhook`.',
      example: '…',
    }),
  ),
  secretFile: optional(
    path({
      description: 'File with that key, mode 0600, instead of `secret`. Read at each delivery.',
      example: '/run/secrets/alert-webhook',
    }),
  ),
  caFile: optional(
    path({
      description: 'Bundle of the CAs that its certificate must come from, PEM. Default: the system’s.',
      example: 'tls/internal-ca.pem',
    }),
  ),
});

const email = group('A mail server (SMTP) by which each alert is sent to people.', {
  host: optional(text({ description: 'Its name. Left out: no mail.', example: 'smtp.greenbank.example.org' })),
  port: port({ description: 'Its port: mostly 587 with `starttls`, 465 with `tls`.', default: 587, example: '465' }),
  security: oneOf(['starttls', 'tls', 'none'], {
    description:
      '`starttls`: nothing is sent unless the connection becomes TLS; `tls`: it is from the beginning; `none`: in a sandbox alone.',
    default: 'starttls',
    example: 'tls',
  }),
  user: optional(text({ description: 'Name to sign in with. Left out: no sign-in.', example: 'payment-manager' })),
  password: optional(
    text({
      description:
        'Password of `user`. Give it in the environment; or leave it out, and give `passwordFile` or keep it in the vault as secret `alert-email`.',
      example: '…',
    }),
  ),
  passwordFile: optional(
    path({
      description: 'File with that password, mode 0600, instead of `password`. Read at each mail.',
      example: '/run/secrets/smtp-password',
    }),
  ),
  from: optional(text({ description: 'Sender. Demanded with `host`.', example: 'payment-manager@greenbank.example.org' })),
  to: list(text({ description: 'Address' }), {
    description: 'Who gets each mail. Demanded with `host`.',
    default: [],
    example: '[operations@greenbank.example.org, on-call@greenbank.example.org]',
  }),
  language: oneOf(Object.keys(LANGUAGES) as Language[], {
    description:
      'Language of the mails, and of the words in what the webhook is sent. Which of them nobody who speaks it has read yet is in docs/portal/languages.md, and said in each mail.',
    default: 'en',
    example: 'fr',
  }),
  caFile: optional(
    path({
      description: 'Bundle of the CAs that its certificate must come from, PEM. Default: the system’s.',
      example: 'tls/internal-ca.pem',
    }),
  ),
});

/** What is told to people, when, and how. */
export const alerts = group(
  'Alerts: what stands as an alarm or needs a person becomes an incident, told once when it begins and once when it has ended (docs/operations/alert-delivery.md).',
  {
    enabled: flag({
      description: 'Keep incidents, and deliver them by the ways that are given below. Off: nothing of it is loaded; alarms stay.',
      default: true,
      example: 'false',
    }),
    off: list(oneOf(ALERT_RULE_NAMES, { description: 'Rule' }), {
      description: 'Rules that make no incidents; what they are about stays an alarm.',
      default: [],
      example: '[latency]',
    }),
    beginsAfterMs: durationMs(
      {
        description: 'What may come and go by itself (hub, core, rates) is told when it has stood for so long.',
        default: 60_000,
        example: '120000',
      },
      0,
    ),
    endsAfterMs: durationMs(
      {
        description: 'It has ended when it is gone for so long; what keeps coming back, up to an hour. Meanwhile it is one incident.',
        default: 600_000,
        example: '300000',
      },
      0,
    ),
    quietHours,
    successRate: group('When too many payments fail.', {
      belowPercent: integer(
        { description: 'Fewer completed payments in a hundred are an alarm; 0: never.', default: 80, example: '95' },
        0,
        100,
      ),
      minimumPayments: integer({ description: 'Of fewer payments in the time nothing is said.', default: 20, example: '50' }, 1, 1_000_000),
      windowMs: durationMs({ description: 'The time that is looked at.', default: 900_000, example: '300000' }, 60_000),
    }),
    latency: group('When payments are slow.', {
      aboveMs: integer(
        {
          description:
            'Of the requests of the DFSP, more than one in twenty that take longer are an alarm; what is measured are steps of 0.5, 1, 2.5, 5, 10, 30 and 60 s, and the next one counts. 0: never.',
          default: 10_000,
          example: '5000',
        },
        0,
        60_000,
        'ms',
      ),
      minimumRequests: integer({ description: 'Of fewer requests in the time nothing is said.', default: 20, example: '50' }, 1, 1_000_000),
      windowMs: durationMs({ description: 'The time that is looked at.', default: 600_000, example: '300000' }, 60_000),
    }),
    webhook,
    email,
  },
);
