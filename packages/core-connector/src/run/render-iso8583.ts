import { Iso8583Invalid } from '../codec/iso8583/characters.ts';
import { fitted } from '../codec/iso8583/field-format.ts';
import { formatOf } from '../codec/iso8583/message.ts';
import type { ValueObject } from '../expression/value.ts';
import type { Iso8583Call } from '../language/operation.ts';
import { RenderFailed, textIn } from './fill.ts';

/** A message to a host as it is sent. Only texts, so that it is the same when it comes back from the journal. */
export interface Iso8583Request {
  readonly kind: 'iso8583';
  readonly to: string;
  readonly mti: string;
  /** The message type of a repeat. */
  readonly repeat?: string;
  /** By name, as they stand in the message. */
  readonly fields: Readonly<Record<string, string>>;
  /** What was drawn with the start of its effect. Without it, it only reads, and whoever sends it draws. */
  readonly drawn?: Drawn;
}

/** Of `draw`. */
export interface Drawn {
  readonly startedAt: string;
  readonly transmission: string;
  readonly stan: string;
  readonly rrn: string;
}

/** Makes the message of a call. What is missing is no field. @throws RenderFailed, EvaluationFailed */
export function renderIso8583({ to, mti, repeat, fields, packager }: Iso8583Call, root: ValueObject): Iso8583Request {
  const filled: Record<string, string> = Object.create(null);
  for (const [name, value] of fields) {
    const text = textIn(value, root, name);
    if (text === undefined) continue;
    try {
      filled[name] = fitted(formatOf(packager, name), text);
    } catch (error) {
      if (error instanceof Iso8583Invalid) throw new RenderFailed(error.message);
      throw error;
    }
  }
  return { kind: 'iso8583', to, mti, ...(repeat !== undefined && { repeat }), fields: filled };
}
