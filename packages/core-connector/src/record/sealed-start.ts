import type { Sealer } from '@payment-manager/runtime';
import { parseExactJson, writeExactJson } from '../codec/json.ts';
import type { Value, ValueObject } from '../expression/value.ts';
import { RenderFailed } from '../run/fill.ts';
import type { StartEffect } from '../run/money.ts';
import { START_MAX } from '../run/money.ts';
import type { RenderedRequest } from '../run/render.ts';
import type { Side } from './events.ts';
import { Remembered } from './remembered.ts';

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

/** What a process has sealed or opened lately, by its sealer. Another process opens it out of the journal. */
const lately = new WeakMap<Sealer, Remembered<{ readonly sealed: string; readonly context: string; readonly start: SealedStart }>>();
const LATELY_MAX = 500;

/** Each has a nonce of its own at its beginning: that is a name for it. */
function nameOf(sealed: string): string {
  return sealed.slice(0, NAME_LENGTH);
}
const NAME_LENGTH = 19;

/** A sealer for one process's records: it does not know what another has sealed. */
export function ownSealer({ seal, open }: Sealer): Sealer {
  const own: Sealer = { seal, open };
  lately.set(own, new Remembered(LATELY_MAX));
  return own;
}

/** @throws RenderFailed when it is longer than a start may be. */
export function sealStart(sealer: Sealer, { request, drawn, kept }: StartEffect, context: SealContext): string {
  const text = writeExactJson({ request: request as unknown as Value, drawn, kept });
  if (text.length > START_MAX)
    throw new RenderFailed(`the request and what later steps need have more than ${START_MAX} characters: \`let\` keeps less of an answer`);
  const bound = contextText(context);
  const sealed = sealer.seal(Buffer.from(text, 'utf8'), bound);
  lately.get(sealer)?.set(nameOf(sealed), { sealed, context: bound, start: { request, drawn, kept } });
  return sealed;
}

/** @throws SealBroken */
export function openStart(sealer: Sealer, sealed: string, context: SealContext): SealedStart {
  const bound = contextText(context);
  const known = lately.get(sealer)?.get(nameOf(sealed));
  if (known?.sealed === sealed && known.context === bound) return known.start;
  const start = parseExactJson(Buffer.from(sealer.open(sealed, bound)).toString('utf8')) as unknown as SealedStart;
  lately.get(sealer)?.set(nameOf(sealed), { sealed, context: bound, start });
  return start;
}
