import { generateKeyPairSync } from 'node:crypto';
import type { Backend } from '../language/backend.ts';
import type { CompiledConnector } from '../language/compile-connector.ts';

/** The connector as it is certified: the core is in the process, so there is no TLS; and what signs gets a key that nobody else has. */
export function withTestKeys(connector: CompiledConnector): CompiledConnector {
  return { ...connector, backends: new Map([...connector.backends].map(([name, backend]) => [name, testable(backend)])) };
}

function testable(backend: Backend): Backend {
  if (backend.kind !== 'http') return backend;
  const { auth } = backend;
  if (auth?.kind !== 'jws') return { ...backend, tls: undefined };
  const { privateKey } =
    auth.algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ...backend, tls: undefined, auth: { ...auth, key: { kind: 'text', text } } };
}
