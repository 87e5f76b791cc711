import type { Secret } from '@payment-manager/runtime';
import type { Role } from '../access/permissions.ts';

/** How people are known by a provider of OpenID Connect. */
export interface SingleSignOnSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: a public client, with PKCE alone. */
  readonly clientSecret: Secret<string> | undefined;
  readonly scopes: readonly string[];
  /** Path of the claim with groups or roles, like `realm_access.roles`. */
  readonly rolesClaim: string;
  /** Which value of it makes whom: by role. */
  readonly roles: Readonly<Partial<Record<Role, string>>>;
  /** One of these must stand in `acr`; empty: any. */
  readonly acr: readonly string[];
  /** One of these must be among `amr`; empty: any. */
  readonly amr: readonly string[];
  /** How the provider is called on the button. */
  readonly label: string;
  /** Whether the provider may be reached without TLS: in a sandbox. */
  readonly insecure: boolean;
}
