import type { ShownCandidate, ShownConnector } from '@payment-manager/management-api/types';

/** `GET /connector` */
export type ConnectorAnswer = ShownConnector & { readonly candidate: ShownCandidate };
