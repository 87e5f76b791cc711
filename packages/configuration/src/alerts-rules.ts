import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/** What must hold between the keys of `alerts`, where they are switched on. */
export function alertsChecks(config: Config): ConfigProblem[] {
  if (!config.alerts.enabled) return [];
  return [...webhookProblems(config), ...emailProblems(config), ...quietProblems(config)];
}

const SECRET_LENGTH = 32;

function webhookProblems({ alerts: { webhook }, sandbox, vault }: Config): ConfigProblem[] {
  const { url, secret, secretFile } = webhook;
  if (url === undefined) return [];
  return [
    ...(secret === undefined && secretFile === undefined && vault.store === 'none'
      ? [
          missing(
            'alerts.webhook.secret',
            'the key that signs what is posted, because `alerts.webhook.url` is given and there is no vault that may have it',
            'Give `alerts.webhook.secretFile`, or PM_ALERTS_WEBHOOK_SECRET in the environment: openssl rand -hex 32',
          ),
        ]
      : []),
    ...both('alerts.webhook.secret', secret, secretFile),
    ...(secret !== undefined && secret.length < SECRET_LENGTH
      ? [
          {
            ...missing('alerts.webhook.secret', `${SECRET_LENGTH} characters or more`, 'Make one: openssl rand -hex 32'),
            found: 'a shorter one',
          },
        ]
      : []),
    ...(url.startsWith('http:') && !sandbox
      ? [
          {
            ...missing(
              'alerts.webhook.url',
              'an https URL outside a sandbox',
              'Write https; for a certificate of a CA of your own there is `alerts.webhook.caFile`.',
            ),
            found: 'an http URL',
          },
        ]
      : []),
  ];
}

/** One address alone: no name, no list, nothing that could begin another header. */
const ADDRESS = /^[^\s<>()[\]\\,;:@"]+@[A-Za-z0-9.-]+$/;

function emailProblems({ alerts: { email }, sandbox, vault }: Config): ConfigProblem[] {
  const { host, from, to, user, password, passwordFile, security } = email;
  if (host === undefined) return [];
  const wrong = [...(from === undefined ? [] : [['alerts.email.from', from]]), ...to.map((one) => ['alerts.email.to', one])].filter(
    ([, address = '']) => !ADDRESS.test(address),
  );
  return [
    ...(from === undefined
      ? [
          missing(
            'alerts.email.from',
            'the sender, because `alerts.email.host` is given',
            'Give an address that your mail server lets us send as.',
          ),
        ]
      : []),
    ...(to.length === 0
      ? [missing('alerts.email.to', 'at least one address, because `alerts.email.host` is given', 'Give the address of who is on call.')]
      : []),
    ...wrong.map(([where = '', address]) => ({
      ...missing(where, 'an address like operations@greenbank.example.org', 'Write the address alone, without a name.'),
      found: `the text ${JSON.stringify(address)}`,
    })),
    ...(user !== undefined && password === undefined && passwordFile === undefined && vault.store === 'none'
      ? [
          missing(
            'alerts.email.password',
            'the password of `alerts.email.user`, because there is no vault that may have it',
            'Give `alerts.email.passwordFile`, or PM_ALERTS_EMAIL_PASSWORD in the environment.',
          ),
        ]
      : []),
    ...both('alerts.email.password', password, passwordFile),
    ...(security === 'none' && !sandbox
      ? [
          {
            ...missing('alerts.email.security', '`starttls` or `tls` outside a sandbox', 'Use 587 with `starttls`, or 465 with `tls`.'),
            found: '`none`: password and mail would cross the network as they are',
          },
        ]
      : []),
  ];
}

function quietProblems({ alerts: { quietHours } }: Config): ConfigProblem[] {
  const { from, to, zone } = quietHours;
  const times = { 'alerts.quietHours.from': from, 'alerts.quietHours.to': to };
  return [
    ...Object.entries(times).flatMap(([where, time]) =>
      time === undefined || /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/.test(time)
        ? []
        : [
            {
              ...missing(where, 'a time of the day like 22:00', 'Write hours and minutes with two digits each.'),
              found: `the text ${JSON.stringify(time)}`,
            },
          ],
    ),
    ...((from === undefined) === (to === undefined)
      ? []
      : [
          missing(
            from === undefined ? 'alerts.quietHours.from' : 'alerts.quietHours.to',
            'both ends of the quiet hours',
            'Give it, or leave out the other.',
          ),
        ]),
    ...(zone === undefined || isZone(zone)
      ? []
      : [
          {
            ...missing('alerts.quietHours.zone', 'a time zone by its IANA name', 'Write for example Africa/Nairobi.'),
            found: `the text ${JSON.stringify(zone)}`,
          },
        ]),
  ];
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function both(where: string, value: string | undefined, file: string | undefined): ConfigProblem[] {
  if (value === undefined || file === undefined) return [];
  return [{ ...missing(where, `this or \`${where}File\`, not both`, 'Leave one of them out.'), found: 'both' }];
}

function missing(where: string, expected: string, advice: string): ConfigProblem {
  return { where, expected, found: 'nothing', advice };
}
