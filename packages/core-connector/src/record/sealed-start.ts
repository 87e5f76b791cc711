import type { Sealer } from '@payment-manager/runtime';
import { parseExactJson, writeExactJson } from '../codec/json.ts';
import type { Value, ValueObject } from '../expression/value.ts';
import { RenderFailed } from '../run/fill.ts';
import type { StartEffect } from '../run/money.ts';
import { START_MAX } from '../run/money.ts';
import type { RenderedRequest } from '../run/render.ts';
import type { Side } from './events.ts';

/** What of a start is sealed: the request as it is sent each time, what was drawn for it, and the names that later parts need. */
export interface SealedStart {
  readonly request: RenderedRequest;
  readonly drawn: ValueObject;
  readonly kept: ValueObject;
}

/** To what a seal is bound. */
export interface SealContext {
  readonly side: Side;
  readonly transferId: string;
  readonly effect: string;
}

const contextText = ({ side, transferId, effect }: SealContext): string => `core\n${side}\n${transferId}\n${effect}`;

/** @throws RenderFailed when it is longer than a start may be. */
export function sealStart(sealer: Sealer, { request, drawn, kept }: StartEffect, context: SealContext): string {
  const text = writeExactJson({ request: request as unknown as Value, drawn, kept });
  if (text.length > START_MAX)
    throw new RenderFailed(`the request and what later steps need have more than ${START_MAX} characters: \`let\` keeps less of an answer`);
  return sealer.seal(Buffer.from(text, 'utf8'), contextText(context));
}

/** @throws SealBroken */
export function openStart(sealer: Sealer, sealed: string, context: SealContext): SealedStart {
  return parseExactJson(Buffer.from(sealer.open(sealed, contextText(context))).toString('utf8')) as unknown as SealedStart;
}
