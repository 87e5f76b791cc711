import { createLog, membersIn, startHttpServer, systemRandom } from '@payment-manager/runtime';

/** Who is told of alerts in a drill: a webhook on this machine. */
export interface AlertListener {
  /** What makes a Payment Manager tell it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it was told, in order: `began HUB_NOT_ANSWERING`. */
  readonly told: readonly string[];
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 65_536;

/** Listens on a free port of this machine to what is told of a DFSP. */
export async function listenForAlerts(fspId: string): Promise<AlertListener> {
  const told: string[] = [];
  const handler = async ({ body }: { readonly body: Uint8Array }): Promise<{ status: number }> => {
    const notice = membersIn(body);
    if (notice?.['fspId'] === fspId) told.push(`${String(notice?.['event'])} ${String(notice?.['code'])}`);
    return { status: 200 };
  };
  const log = createLog({ level: 'error', destination: { write: () => {} } });
  const server = await startHttpServer(
    { handler, host: '127.0.0.1', port: 0, maxBodyBytes: BODY_BYTES_MAX, refuse: () => ({ status: 503 }) },
    log,
  );
  return {
    environment: { PM_ALERTS_WEBHOOK_URL: server.url, PM_ALERTS_WEBHOOK_SECRET: Buffer.from(systemRandom.bytes(32)).toString('hex') },
    told,
    close: () => server.close(0),
  };
}
