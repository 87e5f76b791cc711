import { dataTypes } from '@payment-manager/fspiop';
import type { AnswerDoc } from '../api-pages/route.ts';
import { RequestRefused } from './answer-schemas.ts';
import * as examples from './examples.ts';

/** The path of one payment. */
export const params = { transferId: dataTypes.CorrelationId };
export const exampleParams = { transferId: examples.TRANSFER_ID };

/** The answer to a request that is not valid. */
export const refused: AnswerDoc = {
  status: 400,
  description: 'The request is not valid. Nothing was begun.',
  schema: RequestRefused,
  example: examples.REFUSED,
};
