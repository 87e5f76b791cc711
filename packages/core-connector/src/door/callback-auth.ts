import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '@payment-manager/runtime';
import type { ValueObject } from '../expression/value.ts';
import type { CallbackAuth } from '../language/callback.ts';
import { textIn } from '../run/fill.ts';

/** Is it the core that calls back? Compared in constant time; what is not set lets nobody in. `root` has `cfg`. */
export function isTheCore(auth: CallbackAuth, root: ValueObject, request: HttpRequest): boolean {
  const { headers, body } = request;
  switch (auth.kind) {
    case 'hmac': {
      const secret = textIn(auth.secret, root, 'the secret of a callback');
      if (secret === undefined || secret === '') return false;
      return same(headers[auth.header.toLowerCase()], `${auth.prefix}${createHmac('sha256', secret).update(body).digest(auth.encoding)}`);
    }
    case 'bearer': {
      const token = textIn(auth.token, root, 'the token of a callback');
      return token !== undefined && token !== '' && same(headers['authorization'], `Bearer ${token}`);
    }
    case 'apiKey': {
      const value = textIn(auth.value, root, 'the key of a callback');
      return value !== undefined && value !== '' && same(headers[auth.header.toLowerCase()], value);
    }
    case 'mtls': {
      const name = textIn(auth.name, root, 'the name of a callback');
      return request.clientAuthenticated && name !== undefined && name !== '' && request.clientName === name;
    }
  }
}

/** Of hashes, so that neither content nor length shows in the time that it takes. */
function same(given: string | undefined, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given ?? ''), hash(wanted)) && given !== undefined;
}
