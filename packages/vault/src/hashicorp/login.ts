import type { Secret } from '@payment-manager/runtime';

/** How to prove to the server who we are. Secrets are fetched anew at each log-in, for they are rotated, too. */
export type HashicorpLogin =
  /** A token that somebody made; it is renewed as long as the server allows. */
  | { readonly token: Secret<string> }
  | { readonly appRole: { readonly mount?: string; readonly roleId: string; readonly secretId: () => Promise<Secret<string>> } }
  /** The service account's token, usually the file `/var/run/secrets/kubernetes.io/serviceaccount/token`. */
  | { readonly kubernetes: { readonly mount?: string; readonly role: string; readonly jwt: () => Promise<Secret<string>> } };

/** The request that logs in: path below `/v1/`, and body. Undefined where a token is there already. */
export async function loginRequest(login: HashicorpLogin): Promise<{ path: string; body: object } | undefined> {
  if ('token' in login) return undefined;
  if ('appRole' in login) {
    const { mount = 'approle', roleId, secretId } = login.appRole;
    return { path: `auth/${mount}/login`, body: { role_id: roleId, secret_id: (await secretId()).reveal() } };
  }
  const { mount = 'kubernetes', role, jwt } = login.kubernetes;
  return { path: `auth/${mount}/login`, body: { role, jwt: (await jwt()).reveal() } };
}
