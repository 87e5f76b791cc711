export { ALERT_RULES, isTold, RULES, type Severity, type StandingCondition } from './alert-rules.ts';
export { ALERT_SECRET_IDS } from './alert-secrets.ts';
export type { SeenConditions } from './alerting.ts';
export { type AroundAlerts, type ConfiguredAlerts, configuredAlerts } from './configured.ts';
export type { AlertSettings } from './fold-incidents.ts';
export type { ChannelName, Delivery, Incident, IncidentEvent } from './incident.ts';
