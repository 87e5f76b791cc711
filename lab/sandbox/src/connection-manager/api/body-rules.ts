import type { BodyRule } from './body-rule.ts';

const TEXT = { type: 'string' } as const;
const ADDRESS =
  '^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])(\\/([0-9]|[1-2][0-9]|3[0-2]))?$';

/** The codes that the contract knows. The server itself uses others as well, so its own answers cannot be posted back. */
const VALIDATION_CODES = [
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
const VALIDATIONS: BodyRule = {
  type: 'array',
  items: {
    type: 'object',
    required: ['message', 'performed', 'result', 'validationCode'],
    properties: { validationCode: { type: 'string', enum: VALIDATION_CODES }, performed: { type: 'boolean' }, message: TEXT },
  },
};
const VALIDATION_STATE: BodyRule = { type: 'string', enum: ['VALID', 'INVALID', 'NOT_AVAILABLE'] };

export const DFSP_RULE: BodyRule = {
  type: 'object',
  required: ['dfspId', 'name'],
  properties: {
    dfspId: TEXT,
    name: TEXT,
    monetaryZoneId: TEXT,
    fxpCurrencies: { type: 'array', items: TEXT },
    isProxy: { type: 'boolean' },
    securityGroup: TEXT,
    email: TEXT,
  },
};

export const DFSP_UPDATE_RULE: BodyRule = {
  type: 'object',
  minProperties: 1,
  properties: { name: TEXT, monetaryZoneId: TEXT, isProxy: { type: 'boolean' }, securityGroup: TEXT },
};

export const CA_RULE: BodyRule = {
  type: 'object',
  properties: {
    rootCertificate: TEXT,
    intermediateChain: TEXT,
    privateKey: TEXT,
    validations: VALIDATIONS,
    validationState: VALIDATION_STATE,
  },
};

export const HUB_CA_RULE: BodyRule = {
  type: 'object',
  required: ['CN', 'O'],
  properties: { CN: TEXT, O: TEXT, OU: TEXT, C: TEXT, ST: TEXT, L: TEXT },
};

export const CSR_RULE: BodyRule = { type: 'object', required: ['clientCSR'], properties: { clientCSR: TEXT } };

export const CERTIFICATE_RULE: BodyRule = { type: 'object', minProperties: 1, properties: { certificate: TEXT } };

export const SERVER_CERTIFICATE_RULE: BodyRule = {
  type: 'object',
  properties: {
    rootCertificate: TEXT,
    intermediateChain: { oneOf: [TEXT, { type: 'array', items: TEXT }] },
    serverCertificate: TEXT,
    validations: VALIDATIONS,
    validationState: VALIDATION_STATE,
  },
};

export const JWS_RULE: BodyRule = {
  type: 'object',
  required: ['publicKey'],
  properties: { publicKey: TEXT, createdAt: { type: 'number' } },
};

export const EXTERNAL_JWS_RULE: BodyRule = {
  type: 'array',
  items: { type: 'object', required: ['publicKey'], properties: { dfspId: TEXT, publicKey: TEXT, createdAt: { type: 'number' } } },
};

const IP: BodyRule = {
  type: 'object',
  additionalProperties: false,
  properties: { description: TEXT, address: { type: 'string', pattern: ADDRESS }, ports: { type: 'array', items: TEXT } },
};

export const EGRESS_RULE: BodyRule = {
  type: 'object',
  additionalProperties: false,
  properties: { ipList: { type: 'array', minItems: 1, uniqueItems: true, items: IP } },
};

export const INGRESS_RULE: BodyRule = { type: 'object', additionalProperties: false, properties: { url: TEXT } };

export const IP_ITEM_RULE: BodyRule = { type: 'object', required: ['value'], properties: { value: IP } };

export const URL_ITEM_RULE: BodyRule = {
  type: 'object',
  required: ['value'],
  properties: { value: { type: 'object', additionalProperties: false, properties: { url: TEXT } } },
};

const STATE: BodyRule = {
  type: 'object',
  required: ['status', 'lastUpdated'],
  additionalProperties: false,
  properties: {
    status: { type: 'string', enum: ['pending', 'inProgress', 'completed', 'inError'] },
    stateDescription: TEXT,
    errorDescription: TEXT,
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
  properties: Object.fromEntries(STATES.map((name) => [name, STATE])),
};
