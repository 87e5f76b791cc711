import { type HttpRequest, type HttpResponse, recordedLog } from '@payment-manager/runtime';
import { type Listener, openListener, refuseFspiop, type Scheme } from '@payment-manager/sandbox';

/** A message that a Payment Manager sent to the hub, exactly as it arrived, and the hub's answer. */
export interface SeenMessage {
  readonly request: HttpRequest;
  /** Undefined until the hub has answered. */
  status?: number;
  answer?: string;
}

/** The hub's door with a witness in it: mutual TLS as at the hub's own, and the hub's handler behind. */
export interface RecordingHub {
  readonly listener: Listener;
  readonly messages: readonly SeenMessage[];
  /** Messages whose method and path match, `PUT /transfers/`. */
  of(methodAndPath: RegExp): readonly SeenMessage[];
}

/** Opens the door. `handler` replaces the hub where a test plays the hub itself. */
export async function openRecordingHub(
  scheme: Scheme,
  handler: (request: HttpRequest) => Promise<HttpResponse> = scheme.hub.handler,
): Promise<RecordingHub> {
  const messages: SeenMessage[] = [];
  const listener = await openListener(
    {
      port: 0,
      maxBodyBytes: 5_242_880,
      refuse: refuseFspiop,
      tls: { credentials: await scheme.authority.issue({ name: scheme.hubId }), requireClientCertificate: true },
      async handler(request) {
        const seen: SeenMessage = { request };
        messages.push(seen);
        const response = await handler(request);
        seen.status = response.status;
        seen.answer = Buffer.from(response.body ?? '').toString('utf8');
        return response;
      },
    },
    recordedLog(),
  );
  return {
    listener,
    messages,
    of: (methodAndPath) => messages.filter(({ request }) => methodAndPath.test(`${request.method} ${request.target}`)),
  };
}
