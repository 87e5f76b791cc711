import type { HttpHandler, HttpRequest, HttpResponse, World } from '@payment-manager/runtime';
import { type FaultyHandlerOptions, faultyHandler } from '../faults/faulty-handler.ts';
import { backendApi, backendOperation } from './backend-api.ts';
import { bankApi, bankOperation } from './bank-api.ts';
import { coreError, toResponse } from './core-answer.ts';
import { errorAnswer, fineractResponse } from './fineract/answers.ts';
import { type Fineract, fineractOperation, openFineract } from './fineract/fineract-api.ts';
import type { FineractParts } from './fineract/tenant.ts';
import { payeeSide } from './payee-side.ts';

export interface CoreApisParts extends FineractParts, Pick<World, 'random' | 'log'> {}

/** The APIs by which a Payment Manager may reach a demo core: all on the same books, and all with the faults of the same book. */
export interface CoreApis {
  readonly fineract: Pick<Fineract, 'suspenseId'>;
  /** undefined: the path is of none of them. */
  answer(request: HttpRequest): Promise<HttpResponse> | undefined;
}

/** The SDK's backend API, that of `connectors/rest-core`, and Fineract's. */
export function coreApis(parts: CoreApisParts): CoreApis {
  const { settings, db, calls, clock, faults, timers, log } = parts;
  const faulty = (
    handler: HttpHandler,
    operationOf: (request: HttpRequest) => string | undefined,
    refused: FaultyHandlerOptions['refused'],
  ): CoreApis['answer'] => {
    const options: FaultyHandlerOptions = {
      book: faults,
      timers,
      log,
      facts: (request) => ({ operation: operationOf(request) ?? request.method, direction: 'in' }),
      accepted: () => toResponse({ status: 200, body: {} }),
      refused,
    };
    const struck = faultyHandler(handler, options);
    return (request) => (operationOf(request) === undefined ? undefined : struck(request));
  };
  const fineract = openFineract(parts);
  const backend = backendApi({ payee: payeeSide(parts), db, calls, clock, deduplicates: settings.deduplicates });
  const answers = [
    faulty(backend, backendOperation, ({ status, errorCode = '2001', message = 'a fault of the sandbox' }) =>
      toResponse(coreError(status, errorCode, message)),
    ),
    faulty(bankApi(parts), bankOperation, ({ status }) => toResponse({ status, body: { code: 'REFUSED' } })),
    faulty(fineract.handler, fineractOperation, ({ status, message = 'error.msg.sandbox.fault' }) =>
      fineractResponse(errorAnswer(status, message)),
    ),
  ];
  return {
    fineract,
    answer(request) {
      for (const answer of answers) {
        const found = answer(request);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
