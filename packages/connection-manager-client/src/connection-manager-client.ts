import type { Alarm, Artefact, Condition, Renewable } from './condition.ts';

/** Gets this DFSP connected and keeps it so. */
export interface ConnectionManagerClient {
  /** How each artefact stands, in the order of onboarding. */
  conditions(): readonly Condition[];
  /** What somebody should look at now, most urgent first. */
  alarms(): readonly Alarm[];
  /** Told when a condition or an alarm changed. Returns what ends it. */
  onChange(listener: () => void): () => void;
  /** Looks at one artefact, or all, at once instead of at its next attempt; resolves when that is done, well or not. */
  look(artefact?: Artefact): Promise<void>;
  /**
   * Replaces what is in use before its time. Resolves when that has begun and cannot be forgotten; the condition tells the rest.
   * `by`: who asked for it, kept with the new key.
   *
   * @throws VaultError when the vault cannot be written; ConnectionFault when the Connection Manager is needed and fails.
   */
  renew(artefact: Renewable, by: string): Promise<void>;
  /** Ends all loops, and resolves when none is in the middle of a step. */
  stop(): Promise<void>;
}
