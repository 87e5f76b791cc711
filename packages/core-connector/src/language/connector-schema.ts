import { type TSchema, Type } from 'typebox';
import { duration, expression, keys, name, named, oneOf, optional, text, yesOrNo } from './schema-parts.ts';

/** What a setting of a connector may be. A `secret` is never shown, and only stands in authentication and headers. */
export const SETTING_TYPES = ['text', 'secret', 'url', 'whole', 'zone', 'currency', 'country', 'yes-or-no'] as const;

const whole = (description: string, example: string): TSchema => Type.String({ pattern: '^[0-9]{1,9}$', description, examples: [example] });

const setting = keys(
  {
    type: oneOf(SETTING_TYPES, 'What it is'),
    label: optional(text('What it is for, in words for whoever fills it in')),
    required: optional(yesOrNo('Must it be given?')),
    default: optional(text('The value where none is given')),
  },
  'A setting',
);

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
  },
  'How we say who we are; at most one way',
);

const backend = keys(
  {
    base: text('The address of the core, to which paths are added', ['=cfg.baseUrl']),
    auth: optional(auth),
    headers: optional(named(text('The value'), 'Headers of every call')),
    timeouts: optional(
      keys(
        { connect: optional(duration('To connect', '2s')), total: optional(duration('For a whole call', '8s')) },
        'How long calls may take',
      ),
    ),
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
  },
  'A back end',
);

const error = keys(
  {
    when: expression('Which answers', '=status = 404'),
    code: text('The FSPIOP error code', ['3204']),
    message: optional(text('Words for the error')),
    alert: optional(yesOrNo('Is it an alarm, e.g. for credentials that are wrong?')),
  },
  'What an answer of the core means to the other side',
);

/** `connector.yaml`. */
export const CONNECTOR: TSchema = keys(
  {
    connector: name('The connector'),
    language: oneOf(['1'], 'The version of the language'),
    settings: optional(named(setting, 'What a bank fills in')),
    backends: named(backend, 'The systems that are called'),
    errors: optional(
      Type.Array(error, { maxItems: 200, description: 'Error table; the first that holds counts. It never decides whether money moved' }),
    ),
    tables: optional(named(named(text('The value'), 'A table'), 'Look-up tables')),
    mask: optional(
      Type.Array(text('A member'), { maxItems: 100, description: 'Members that are personal, and masked wherever an answer is shown' }),
    ),
    guesses: optional(
      Type.Array(text('A guess'), { maxItems: 100, description: 'What was guessed about the core: each is probed, or signed off by name' }),
    ),
  },
  'A core connector',
);
