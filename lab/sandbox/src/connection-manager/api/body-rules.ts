import type { BodyRule } from './body-rule.ts';

const text = { type: 'string' } as const;
const address =
  '^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])(\\/([0-9]|[1-2][0-9]|3[0-2]))?$';

/** The codes that the contract knows. The server itself uses others as well, so its own answers cannot be posted back. */
const validationCodes = [
  'CSR_CERT_SAME_PUBLIC_KEY',
  'CSR_CERT_SAME_SUBJECT_INFO',
  'CSR_CERT_PUBLIC_PRIVATE_KEY_MATCH',
  'CERTIFICATE_SIGNED_BY_DFSP_CA',
  'CERTIFICATE_VALIDITY',
  'CERTIFICATE_USAGE_CLIENT',
  'CSR_SIGNATURE_VALID',
  'CSR_PUBLIC_KEY_LENGTH',
  'CSR_SIGNATURE_ALGORITHM',
  'CERTIFICATE_USAGE_SERVER',
  'CERTIFICATE_CHAIN',
  'CA_CERTIFICATE_USAGE',
  'CERTIFICATE_VALID_OCSP',
  'CERTIFICATE_VALID_CRL',
];
const validations: BodyRule = {
  type: 'array',
  items: {
    type: 'object',
    required: ['message', 'performed', 'result', 'validationCode'],
    properties: { validationCode: { type: 'string', enum: validationCodes }, performed: { type: 'boolean' }, message: text },
  },
};
const validationState: BodyRule = { type: 'string', enum: ['VALID', 'INVALID', 'NOT_AVAILABLE'] };

export const dfspRule: BodyRule = {
  type: 'object',
  required: ['dfspId', 'name'],
  properties: {
    dfspId: text,
    name: text,
    monetaryZoneId: text,
    fxpCurrencies: { type: 'array', items: text },
    isProxy: { type: 'boolean' },
    securityGroup: text,
    email: text,
  },
};

export const dfspUpdateRule: BodyRule = {
  type: 'object',
  minProperties: 1,
  properties: { name: text, monetaryZoneId: text, isProxy: { type: 'boolean' }, securityGroup: text },
};

export const caRule: BodyRule = {
  type: 'object',
  properties: { rootCertificate: text, intermediateChain: text, privateKey: text, validations, validationState },
};

export const hubCaRule: BodyRule = {
  type: 'object',
  required: ['CN', 'O'],
  properties: { CN: text, O: text, OU: text, C: text, ST: text, L: text },
};

export const csrRule: BodyRule = { type: 'object', required: ['clientCSR'], properties: { clientCSR: text } };

export const certificateRule: BodyRule = { type: 'object', minProperties: 1, properties: { certificate: text } };

export const serverCertificateRule: BodyRule = {
  type: 'object',
  properties: {
    rootCertificate: text,
    intermediateChain: { oneOf: [text, { type: 'array', items: text }] },
    serverCertificate: text,
    validations,
    validationState,
  },
};

export const jwsRule: BodyRule = {
  type: 'object',
  required: ['publicKey'],
  properties: { publicKey: text, createdAt: { type: 'number' } },
};

export const externalJwsRule: BodyRule = {
  type: 'array',
  items: { type: 'object', required: ['publicKey'], properties: { dfspId: text, publicKey: text, createdAt: { type: 'number' } } },
};

const ip: BodyRule = {
  type: 'object',
  additionalProperties: false,
  properties: { description: text, address: { type: 'string', pattern: address }, ports: { type: 'array', items: text } },
};

export const egressRule: BodyRule = {
  type: 'object',
  additionalProperties: false,
  properties: { ipList: { type: 'array', minItems: 1, uniqueItems: true, items: ip } },
};

export const ingressRule: BodyRule = { type: 'object', additionalProperties: false, properties: { url: text } };

export const ipItemRule: BodyRule = { type: 'object', required: ['value'], properties: { value: ip } };

export const urlItemRule: BodyRule = {
  type: 'object',
  required: ['value'],
  properties: { value: { type: 'object', additionalProperties: false, properties: { url: text } } },
};

const state: BodyRule = {
  type: 'object',
  required: ['status', 'lastUpdated'],
  additionalProperties: false,
  properties: {
    status: { type: 'string', enum: ['pending', 'inProgress', 'completed', 'inError'] },
    stateDescription: text,
    errorDescription: text,
    lastUpdated: { type: 'string', format: 'date-time' },
  },
};

/** What a DFSP reports about itself. */
export const STATES = [
  'PEER_JWS',
  'DFSP_JWS',
  'DFSP_CA',
  'DFSP_SERVER_CERT',
  'DFSP_CLIENT_CERT',
  'HUB_CA',
  'HUB_CERT',
  'HUB_CLIENT_CERT',
  'ENDPOINT_CONFIG',
  'UPLOAD_PEER_JWS',
] as const;

export const statesRule: BodyRule = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(STATES.map((name) => [name, state])),
};
