/** The roles of people and machines. */
export const ROLES = ['viewer', 'operator', 'engineer', 'administrator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

type Roles = readonly Role[];

const EVERYBODY: Roles = ROLES;
const DAILY: Roles = ['viewer', 'operator', 'engineer', 'administrator', 'auditor'];
const BUSINESS: Roles = ['operator', 'administrator'];
const TECHNICAL: Roles = ['engineer', 'administrator'];
const ADMINISTRATION: Roles = ['administrator'];
const WHO_LOOKS_BACK: Roles = ['auditor', 'administrator'];

/**
 * Every permission, and the roles that have it. What is not here nobody may. An administrator manages people, and may do what business and
 * technical operators may; an auditor sees everything that happened and changes nothing.
 */
export const PERMISSIONS = {
  /** One’s own sign-in, second factors and sessions. */
  'self:manage': EVERYBODY,
  'overview:read': DAILY,
  'payments:read': DAILY,
  /** Names, numbers and messages of persons, each with a reason. */
  'payments:reveal': ['operator', 'engineer', 'administrator'],
  'payments:export': ['operator', 'administrator', 'auditor'],
  'exceptions:read': DAILY,
  'exceptions:note': ['operator', 'engineer', 'administrator'],
  'exceptions:resolve': BUSINESS,
  /** The net debit cap of a currency, and since when the position counts. */
  'positions:cap': BUSINESS,
  'reconciliation:read': DAILY,
  'reconciliation:run': BUSINESS,
  'connection:read': DAILY,
  'connection:test': TECHNICAL,
  /** A payment for the sake of trying: it moves money. */
  'connection:pay': ADMINISTRATION,
  'endpoints:change': TECHNICAL,
  'connector:read': ['engineer', 'administrator', 'auditor'],
  /** Fixtures, and payments gone over again: no core is called. */
  'connector:try': TECHNICAL,
  'connector:reload': TECHNICAL,
  'keys:rotate': TECHNICAL,
  'keys:distrust': TECHNICAL,
  'restored:lift': ADMINISTRATION,
  'alarms:mute': ['operator', 'engineer', 'administrator'],
  /** Sends something to those who are told of alerts. */
  'alerts:test': TECHNICAL,
  'approvals:read': ['operator', 'engineer', 'administrator', 'auditor'],
  /** To say yes or no to what somebody else asked for; the permission for the thing itself is needed besides. */
  'approvals:decide': ['operator', 'engineer', 'administrator'],
  'users:read': WHO_LOOKS_BACK,
  'users:manage': ADMINISTRATION,
  'api-keys:read': WHO_LOOKS_BACK,
  'api-keys:manage': ADMINISTRATION,
  'configuration:read': ['engineer', 'administrator', 'auditor'],
  'configuration:change': ADMINISTRATION,
  'audit:read': WHO_LOOKS_BACK,
  'audit:export': WHO_LOOKS_BACK,
} as const satisfies Readonly<Record<string, Roles>>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether any of the roles has the permission. */
export function may(roles: Roles, permission: Permission): boolean {
  return PERMISSIONS[permission].some((role) => roles.includes(role));
}

/** All that the roles may do, in the order of the table. */
export function permissionsOf(roles: Roles): readonly Permission[] {
  return (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => may(roles, permission));
}
