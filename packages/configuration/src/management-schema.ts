import { brand } from './brand-schema.ts';
import { flag, group, integer, list, oneOf, optional, path, port, text, textsByName, url } from './leaf.ts';

/** What may be done with four eyes only, by the names of the management API. */
export const APPROVED_ACTIONS = ['rotate-keys', 'change-endpoints', 'reload-connector', 'resolve-exception', 'lift-restored'] as const;

/** A portal of another environment, as `management.portals` names it. */
export interface OtherPortal {
  readonly name: string;
  readonly url: string;
}

const OTHER_PORTAL = /^([A-Za-z0-9][A-Za-z0-9._ -]{0,39})=(https?:\/\/[^/?#\s]+)\/?$/;

/** `NAME=ADDRESS`; undefined: it is another text. */
export function otherPortal(text: string): OtherPortal | undefined {
  const [, name, url] = OTHER_PORTAL.exec(text) ?? [];
  return name === undefined || url === undefined || !URL.canParse(url) ? undefined : { name, url: new URL(url).origin };
}

/** The API behind the portal, and the portal. */
export const management = group(
  'The management API and the portal: people sign in, look, and act, each according to their role (docs/operations/portal.md). Off: nothing of it is loaded.',
  {
    enabled: flag({ description: 'Serve it. `./pm start` does.', default: false, example: 'true' }),
    host: text({ description: 'Address that the management API listens on.', default: '127.0.0.1', example: '0.0.0.0' }),
    port: port({ description: 'Port of the management API; 0 takes any free one.', default: 4005, example: '4005' }),
    publicUrl: optional(
      url({
        description:
          'Address under which people open the portal, scheme and host alone: links lead there, passkeys belong to it, and requests to another host or from another page are refused. Demanded outside a sandbox; in one the default is `http://localhost:PORT`.',
        example: 'https://payments.greenbank.example.org',
      }),
    ),
    tlsEndedBy: optional(
      text({
        description:
          'Name of the proxy or mesh that ends TLS before the management API, says in `X-Forwarded-For` whom it speaks for, and alone reaches this address. Outside a sandbox either this or `management.tls` is demanded. Told at each start and by the health report.',
        example: 'ingress of the payments cluster',
      }),
    ),
    tls: group('TLS of the management API.', {
      enabled: flag({ description: 'Speak https to browsers.', default: false, example: 'true' }),
      certificateFile: optional(
        path({ description: 'Certificate with its chain, PEM. Read again each minute.', example: 'tls/portal.pem' }),
      ),
      keyFile: optional(
        path({ description: 'Private key of the certificate, PEM (PKCS#8), not encrypted; mode 0600.', example: 'tls/portal.key' }),
      ),
    }),
    positionWarnPercent: integer(
      {
        description:
          'From this share of the net debit cap on, which somebody enters in the portal, a position is an alarm (POSITION_NEAR_CAP), and marked there. Positions are computed of our own payments.',
        default: 80,
        example: '75',
      },
      1,
      100,
      '%',
    ),
    singleSignOn: group(
      'Single sign-on with OpenID Connect (docs/operations/single-sign-on.md). Names and passwords of the portal go on beside it.',
      {
        issuer: optional(
          url({
            description:
              'Issuer of the provider, as its metadata name it. Left out: there is no single sign-on, and nothing of it is loaded.',
            example: 'https://login.greenbank.example.org/realms/staff',
          }),
        ),
        clientId: optional(text({ description: 'Our client at the provider. Demanded with `issuer`.', example: 'payment-manager' })),
        clientSecret: optional(
          text({ description: 'Its secret. Give it in the environment. Left out: a public client, with PKCE alone.', example: '…' }),
        ),
        clientSecretFile: optional(
          path({ description: 'File with that secret, mode 0600, instead of `clientSecret`.', example: '/run/secrets/oidc-client' }),
        ),
        caFile: optional(
          path({
            description: 'Bundle of the CAs that the provider’s certificate must come from, PEM. Default: the system’s.',
            example: 'tls/internal-ca.pem',
          }),
        ),
        scopes: list(text({ description: 'Scope' }), {
          description: 'What is asked for beside `openid`.',
          default: [],
          example: '[groups]',
        }),
        rolesClaim: text({
          description: 'Claim of the ID token with groups or roles: a text or a list; a full stop leads into an object.',
          default: 'groups',
          example: 'realm_access.roles',
        }),
        roles: textsByName({
          description:
            'Which value of that claim gives which role, by role (viewer, operator, engineer, administrator, auditor). A role that is not here is given to nobody. Somebody has the roles that both the provider and their user here have.',
          default: {},
          example: '{ viewer: pm-viewers, operator: pm-operations, administrator: pm-administrators }',
        }),
        acr: list(text({ description: 'Class' }), {
          description:
            'Authentication classes that are asked for (`acr_values`) and one of which the ID token must have: those with a second factor.',
          default: [],
          example: "['2']",
        }),
        amr: list(text({ description: 'Method' }), {
          description: 'Methods one of which must be in `amr` of the ID token: those that mean a second factor.',
          default: [],
          example: '[mfa, hwk]',
        }),
        secondFactorAtProvider: flag({
          description:
            'The provider asks each of these people for a second factor, and says nothing of it in its tokens. Outside a sandbox this, `acr` or `amr` is demanded; told at each start.',
          default: false,
          example: 'true',
        }),
        label: text({ description: 'How the provider is called on the button.', default: 'Single sign-on', example: 'Greenbank account' }),
      },
    ),
    brand,
    portals: list(text({ description: 'Portal' }), {
      description:
        'Portals of this bank’s other environments, each `NAME=ADDRESS`: every page has a switch that leads there. An address is scheme and host alone; https, outside a sandbox. Whoever goes there signs in there. At most 10.',
      default: [],
      example: '[pilot=https://pilot.payments.greenbank.example.org]',
    }),
    approvals: list(oneOf(APPROVED_ACTIONS, { description: 'Action' }), {
      description:
        'What is done through the management API only when a second person agrees: keys and certificates made anew, endpoints changed, the core connector loaded anew, exceptions resolved, the mark of a restored journal lifted. `[]`: nothing.',
      default: [...APPROVED_ACTIONS],
      example: '[rotate-keys, lift-restored]',
    }),
  },
);
