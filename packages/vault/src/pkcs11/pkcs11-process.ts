/** The process that has the PKCS #11 module; see `module-process.ts`. It ends when its parent does. */
import { openPkcs11, Pkcs11Failure, type Pkcs11Token } from './pkcs11-module.ts';
import type { FromModule, ModuleOrder, Pkcs11Result, ToModule } from './pkcs11-protocol.ts';

let token: Pkcs11Token | undefined;

function say(message: FromModule): void {
  if (process.connected) process.send?.(message);
}

/** Our own failures say which call and which result; others come from loading the module and say its path. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n', 1)[0]?.slice(0, 200) ?? '') : 'unknown';
}

function carriedOut(open: Pkcs11Token, order: ModuleOrder): Pkcs11Result {
  switch (order.kind) {
    case 'generate':
      return open.generate(order.bits, order.id, order.label);
    case 'sign':
      return open.sign(order.id, order.digestInfo);
    case 'destroy':
      open.destroy(order.id);
      return undefined;
  }
}

process.on('message', async (message: ToModule) => {
  if (message.kind === 'open') {
    try {
      token = await openPkcs11(message.module, message.token, message.pin);
      say({ kind: 'opened' });
    } catch (error) {
      say({ kind: 'not-opened', reason: reasonOf(error), pinRefused: error instanceof Pkcs11Failure && error.pinRefused });
    }
    return;
  }
  try {
    if (!token) throw new Error('the module is not open');
    say({ kind: 'done', call: message.call, result: carriedOut(token, message) });
  } catch (error) {
    say({ kind: 'failed', call: message.call, reason: reasonOf(error) });
  }
});
process.on('disconnect', () => {
  token?.close();
  process.exit(0);
});
