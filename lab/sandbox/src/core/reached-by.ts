import { BANK_CLIENT, BANK_PATH } from './bank-api.ts';
import type { Core } from './core.ts';
import { FINERACT_PATH, FINERACT_TENANT } from './fineract/tenant.ts';

/** What a connector has to be told so that it reaches a demo core: texts by name, secrets apart. */
export interface ConnectorSettings {
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Connectors whose API a demo core offers, by their name (`connector` of connector.yaml). */
export const CONNECTORS_TO_DEMO_CORES = ['rest-core', 'fineract-savings'] as const;
export type ConnectorToDemoCore = (typeof CONNECTORS_TO_DEMO_CORES)[number];

/** The settings of a connector of this name, or of a copy of it. `coreUrl`: where the demo core listens. */
export function connectorSettings(connector: ConnectorToDemoCore, { settings, fineract }: Core, coreUrl: string): ConnectorSettings {
  if (connector === 'rest-core') return restCoreSettings(coreUrl);
  const { tenant, user, password, zone, paymentTypeId } = FINERACT_TENANT;
  const [currency = 'USD', otherCurrency] = new Set(settings.customers.flatMap(({ accounts }) => Object.keys(accounts)));
  const other = otherCurrency !== undefined && { otherCurrency, otherSuspenseId: String(fineract.suspenseId(otherCurrency)) };
  const common = { baseUrl: `${coreUrl}${FINERACT_PATH}`, tenant, user, zone, paymentTypeId: String(paymentTypeId) };
  return { settings: { ...common, currency, suspenseId: String(fineract.suspenseId(currency)), ...other }, secrets: { password } };
}

/** Those of `rest-core`, for whatever offers its API at the path of a demo core. */
export function restCoreSettings(coreUrl: string): ConnectorSettings {
  const baseUrl = `${coreUrl}${BANK_PATH}`;
  const { clientId, clientSecret } = BANK_CLIENT;
  return { settings: { baseUrl, tokenUrl: `${baseUrl}/token`, clientId }, secrets: { clientSecret } };
}
