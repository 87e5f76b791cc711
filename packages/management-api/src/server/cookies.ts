import type { CookieSerializeOptions } from '@fastify/cookie';
import type { SetCookie } from './route.ts';

const DEVICE_SECONDS = 180 * 86_400;

/** How cookies are called and set here. */
export interface CookieRules {
  readonly secure: boolean;
  /** The port, where cookies are not secure: those of two portals of one machine would be one. */
  readonly port: () => number;
}

/** `__Host-` binds a cookie to this very host and to TLS. Without TLS, in a sandbox alone, it has another name: no browser would take that one. */
export function cookieName({ secure, port }: CookieRules, name: SetCookie['name']): string {
  return secure ? `__Host-pm-${name}` : `pm-${name}-${port()}`;
}

/** How a cookie is set: no script reads it, no other site sends it. */
export function cookieOptions({ secure }: CookieRules, { name, maxAgeSeconds }: SetCookie): CookieSerializeOptions {
  const age = maxAgeSeconds ?? (name === 'device' ? DEVICE_SECONDS : undefined);
  return { path: '/', httpOnly: true, secure, sameSite: 'strict', ...(age !== undefined && { maxAge: age }) };
}
