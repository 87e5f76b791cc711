import {
  type Credentials,
  type HttpHandler,
  type HttpServer,
  type HttpServerOptions,
  type Log,
  startHttpServer,
} from '@payment-manager/runtime';

/** An API on a socket that can go away and come back on the same port: `down` on demand. */
export interface Listener {
  readonly url: string;
  readonly port: number;
  /** Takes no connection any more, and breaks those that are open: as when the process is gone. */
  pause(): Promise<void>;
  /** Listens again where it did before. */
  resume(): Promise<void>;
  /** New connections use these from now on, open ones go on. Only with TLS. */
  setCredentials(credentials: Credentials): void;
  /** Lets running requests finish for up to `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export type ListenerOptions = Omit<HttpServerOptions, 'handler' | 'host'> & { readonly handler: HttpHandler };

/** Starts an API on 127.0.0.1. Nothing of the sandbox ever listens elsewhere. */
export async function openListener(options: ListenerOptions, log: Log): Promise<Listener> {
  let server: HttpServer | undefined = await startHttpServer({ ...options, host: '127.0.0.1' }, log);
  const { url, port } = server;
  let { tls } = options;
  const close = async (graceMs: number): Promise<void> => {
    const running = server;
    server = undefined;
    await running?.close(graceMs);
  };
  return {
    url,
    port,
    pause: () => close(0),
    async resume() {
      server ??= await startHttpServer({ ...options, ...(tls && { tls }), host: '127.0.0.1', port }, log);
    },
    setCredentials(credentials) {
      if (tls) tls = { ...tls, credentials };
      server?.setCredentials(credentials);
    },
    close,
  };
}
