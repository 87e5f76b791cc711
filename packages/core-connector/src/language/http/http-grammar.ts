import { type TSchema, Type } from 'typebox';
import { callTimeouts, expression, keys, named, oneOf, optional, template, text, whole, yesOrNo } from '../schema-parts.ts';

/** The methods of HTTP; each is a key whose value is the path. */
export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The keys of a call over HTTP. */
export const HTTP_CALL: Readonly<Record<string, TSchema>> = {
  ...Object.fromEntries(
    METHODS.map((method) => [
      method,
      optional(text(`The path of a ${method.toUpperCase()}; {name} is filled from \`path\``, ['/accounts/{id}'])),
    ]),
  ),
  path: optional(named(text('The value of {name} in the path'), 'Values of the path, each encoded')),
  query: optional(named(text('The value'), 'The query, each value encoded')),
  headers: optional(named(text('The value'), 'Headers of this call')),
  body: optional(template('The body as JSON')),
  form: optional(named(text('The value'), 'The body as a form (application/x-www-form-urlencoded)')),
  xml: optional(
    text('The body as XML; {name} is a value in the text of an element or in an attribute, which is escaped', ['<id>{account}</id>']),
  ),
  with: optional(named(text('The value'), 'The values of {name} in `xml`, or of `:name` in `sql`')),
};

const secret = (description: string, example = '=cfg.password'): TSchema => expression(description, example);

const auth = keys(
  {
    basic: optional(keys({ user: text('The user', ['=cfg.user']), password: secret('The password') }, 'HTTP Basic (RFC 7617)')),
    apiKey: optional(
      keys(
        {
          header: optional(text('The header')),
          query: optional(text('The parameter of the query')),
          value: secret('The key', '=cfg.apiKey'),
        },
        'A key in a header or in the query',
      ),
    ),
    oauth2: optional(
      keys(
        {
          tokenUrl: text('Where tokens are had', ['=cfg.tokenUrl']),
          grant: oneOf(['client_credentials', 'password'], 'The grant (RFC 6749)'),
          clientId: text('The client', ['=cfg.clientId']),
          clientSecret: optional(secret('Its secret', '=cfg.clientSecret')),
          user: optional(text('For the grant password: the user')),
          password: optional(secret('For the grant password: its password')),
          scope: optional(text('The scope')),
          secretIn: optional(oneOf(['header', 'body'], 'Where client and secret go (default: header)')),
        },
        'OAuth 2',
      ),
    ),
    login: optional(
      keys(
        {
          post: text('The path of the log-in', ['/login']),
          body: Type.Unsafe<unknown>({ $ref: '#/$defs/template', description: 'Its body' }),
          token: expression('The token in the answer', '=body.data.token'),
          expires: optional(expression('How many seconds it lasts', '=body.expires_in')),
          header: text('The header in which it goes', ['Authorization']),
          prefix: optional(text('What stands before it there', ['Bearer '])),
        },
        'A log-in of the core’s own',
      ),
    ),
    hmac: optional(
      keys(
        {
          header: text('The header for the signature, in hexadecimal'),
          timestampHeader: optional(text('The header for the time of the request; needed where it is signed')),
          secret: secret('The secret', '=cfg.signingSecret'),
          over: Type.Array(oneOf(['method', 'path', 'timestamp', 'body'], 'A part'), {
            minItems: 1,
            maxItems: 4,
            description: 'What is signed, in order, joined by newlines',
          }),
        },
        'HMAC-SHA-256 over parts of the request',
      ),
    ),
    jws: optional(
      keys(
        {
          header: text('The header for the signature', ['X-JWS-Signature']),
          algorithm: oneOf(['RS256', 'PS256', 'ES256'], 'How it is signed (RFC 7518)'),
          key: secret('Our private key, PEM', '=cfg.signingKey'),
          keyId: optional(text('The key’s name (`kid`)', ['=cfg.keyId'])),
          over: optional(
            Type.Array(oneOf(['method', 'path', 'timestamp'], 'A part'), {
              maxItems: 3,
              description: 'What is signed beside the body, in the protected header: `method`, `path`, and the time as `iat`, in seconds',
            }),
          ),
        },
        'A detached JWS over the body (RFC 7515, appendix F)',
      ),
    ),
  },
  'How we say who we are; at most one way',
);

/** A back end over HTTP. */
export const HTTP_BACKEND: TSchema = keys(
  {
    kind: optional(oneOf(['http'], 'What it is')),
    base: text('The address of the core, to which paths are added', ['=cfg.baseUrl']),
    auth: optional(auth),
    headers: optional(named(text('The value'), 'Headers of every call')),
    namespaces: optional(
      named(
        text('Its URI', ['http://schemas.xmlsoap.org/soap/envelope/']),
        'Namespaces of its XML, by the prefix that expressions use: body.`soap:Envelope`',
      ),
    ),
    timeouts: optional(callTimeouts()),
    limits: optional(
      keys(
        { inFlight: optional(whole('Calls at once', '32')), perSecond: optional(whole('Calls a second', '100')) },
        'How much the core is given to do',
      ),
    ),
    health: optional(
      keys(
        { get: text('The path', ['/health']), ok: expression('Is the core there?', '=status = 200') },
        'How it is seen that the core is there',
      ),
    ),
    mtls: optional(yesOrNo('Is our client certificate shown (configuration: core.tls)?')),
    tls: optional(
      keys(
        {
          ca: optional(
            text('PEM text of the CAs that its certificate must come from, or `public` for the well-known ones (default)', ['=cfg.coreCa']),
          ),
          certificate: optional(text('Our client certificate for it, with its chain, PEM text', ['=cfg.clientCertificate'])),
          key: optional(secret('The private key of that certificate, PEM text', '=cfg.clientKey')),
          serverName: optional(text('The name that its certificate has, where it is not the host of `base`', ['core.bank.internal'])),
        },
        'TLS of its own, in place of core.tls of the configuration',
      ),
    ),
  },
  'A back end',
);
