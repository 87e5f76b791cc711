/** How often and when a payment asks the hub for its outcome (docs/money-rules.md, 6). Milliseconds. */
export interface LadderSettings {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** Questions the hub takes before the payment becomes an exception. */
  readonly rungs: number;
  /** Distance of the slow questions that go on for an exception. */
  readonly slowMs: number;
}

/**
 * When question number `rung` (0 = the first) is due. The distances grow by `factor` up to `maxMs`, each changed by up to a
 * quarter either way; the same payment and rung always get the same jitter, so that a restart changes nothing.
 */
export function questionDue(
  settings: LadderSettings,
  payment: string,
  rung: number,
  firstAt: number,
  lastAskedAt: number | undefined,
): number {
  if (rung === 0 || lastAskedAt === undefined) return firstAt;
  const distance = rung >= settings.rungs ? settings.slowMs : Math.min(settings.firstMs * settings.factor ** (rung - 1), settings.maxMs);
  return lastAskedAt + Math.round(distance * (0.75 + 0.5 * jitter(`${payment}#${rung}`)));
}

/** The hub took all questions and did not tell the outcome: it is for a person. */
export function ladderEnded(rung: number, at: number) {
  const reason = `the hub took ${rung} enquiries and did not report the outcome`;
  return { type: 'exception-raised', at, code: 'OUTCOME_UNKNOWN', reason } as const;
}

/** A number in [0, 1) that depends on the text alone (FNV-1a). Not for secrets. */
export function jitter(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
