import { durationMs, flag, group, oneOf, optional, path, text, urlOfDay } from './leaf.ts';

/** Where one side's statement of a business day is had. `tls`: whose keys are used towards it. */
function statement(whose: string, host: string, tls: string) {
  return group(`The statement of ${whose}.`, {
    url: optional(
      urlOfDay({
        description: `Address that answers GET with the statement of ${whose} for one business day, as CSV (docs/exceptions.md). \`{date}\` stands for the day, like 2026-11-24, in the path or the query. Nothing else is ever called: no redirect is followed. An answer 404 means that it is not there yet. Where it is shown, \`…\` stands for the rest of path and query, which may hold a token. Left out: it is not pulled.`,
        example: `https://${host}/statements/{date}.csv`,
      }),
    ),
    secret: optional(
      text({
        description:
          'What we prove with who we are: a token, a key, or for `sentAs: basic` USER:PASSWORD. Give it in the environment. Left out, and no file either: nothing is sent.',
        example: '…',
      }),
    ),
    secretFile: optional(
      path({
        description: 'File with that secret, mode 0600, instead of `secret`; read at each pull.',
        example: `/run/secrets/${host.split('.')[0]}-statements`,
      }),
    ),
    sentAs: oneOf(['bearer', 'basic', 'api-key'], {
      description:
        'How the secret is sent: as `Authorization: Bearer …`, as `Authorization: Basic …`, or as it is in the header that `header` names.',
      default: 'bearer',
      example: 'api-key',
    }),
    header: text({ description: 'Header of an `api-key`.', default: 'x-api-key', example: 'x-api-key' }),
    caFile: optional(
      path({
        description: `Bundle of the CAs that its certificate must come from, PEM; then we present no client certificate there. Default: TLS as towards ${tls}.`,
        example: 'tls/internal-ca.pem',
      }),
    ),
  });
}

/** How days are reconciled by themselves. */
export const reconciliation = group('Reconciliation of business days (docs/exceptions.md).', {
  statements: group('Statements that are pulled, from the portal, with `./pm reconcile --pull`, or by themselves once a day is over.', {
    core: statement('our core', 'core.example.org', 'the core (`core.tls`), or the system’s CAs'),
    hub: statement('the hub', 'reports.hub.example.org', 'the hub (`hub.tls`), or the system’s CAs'),
    daily: flag({
      description:
        'Pull the statements of each business day by itself after its end, and compare the day with them. What a person has compared or closed meanwhile stays as it is. Needs the management API.',
      default: true,
      example: 'false',
    }),
    afterDayMs: durationMs(
      {
        description:
          'How long after the end of a business day (`businessDay`) its statements are pulled. Then it is tried again after 5 minutes and more, up to an hour, for a week; from the third failure on it is an alarm (STATEMENT_NOT_PULLED).',
        default: 3_600_000,
        example: '7200000',
      },
      300_000,
    ),
    timeoutMs: durationMs({ description: 'Longest time for one statement, to its last byte.', default: 60_000, example: '120000' }, 100),
  }),
});
