import type { HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { FaultInvalid, type FaultRule, parseFault } from './fault.ts';
import type { FaultInForce } from './fault-book.ts';
import type { MessageFaults } from './message-faults.ts';

/**
 * The admin API of the faults: `POST /faults` adds one, `GET /faults` lists them with what they did, `DELETE /faults[/{id}]`
 * removes one or all. Undefined: the request is about something else.
 */
export function faultAdmin(request: HttpRequest, book: MessageFaults): HttpResponse | undefined {
  const path = request.target.split('?')[0] ?? '';
  if (path !== '/faults' && !path.startsWith('/faults/')) return undefined;
  const id = path.slice('/faults/'.length);
  switch (request.method) {
    case 'GET':
      return json(200, { faults: book.list().map(view) });
    case 'DELETE':
      return book.remove(id === '' ? undefined : decodeURIComponent(id)) ? json(200, {}) : json(404, { message: 'no such fault' });
    case 'POST':
      return add(request, book);
    default:
      return json(405, { message: 'use GET, POST or DELETE' });
  }
}

function add(request: HttpRequest, book: MessageFaults): HttpResponse {
  try {
    return json(201, view(book.add(parseFault(JSON.parse(Buffer.from(request.body).toString('utf8'))))));
  } catch (error) {
    if (error instanceof FaultInvalid || error instanceof SyntaxError || error instanceof RangeError)
      return json(400, { message: error.message });
    throw error;
  }
}

function view(fault: FaultInForce<FaultRule>): object {
  return { id: fault.id, ...fault.rule, matched: fault.matched, struck: fault.struck };
}

function json(status: number, body: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
