import type { HttpClient, HttpOutcome, OutgoingRequest } from '@payment-manager/runtime';

/** An HTTP client that answers as the test says, and remembers what was sent. */
export function scriptedHttp(answer: (request: OutgoingRequest, nth: number) => HttpOutcome | Promise<HttpOutcome>): HttpClient & {
  readonly sent: readonly OutgoingRequest[];
} {
  const sent: OutgoingRequest[] = [];
  return {
    sent,
    async request(request) {
      sent.push(request);
      return answer(request, sent.length);
    },
    setCredentials() {},
    async close() {},
  };
}

/** A JSON answer; a text is sent as it is. */
export function answered(status: number, body: unknown = {}, headers: Record<string, string> = {}): HttpOutcome {
  return { kind: 'answer', status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

/** A call that did not get through. */
export function failedCall(code: 'DNS_FAILED' | 'TLS_UNTRUSTED_SERVER' | 'ANSWER_TIMEOUT' | 'ANSWER_TOO_LARGE'): HttpOutcome {
  return { kind: 'failed', phase: 'connect', sent: false, code, message: `it failed: ${code}.`, advice: 'Do something.' };
}
