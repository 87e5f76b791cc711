import type { RandomPayments } from './random-payments.ts';

/** What a case came to. */
export interface CaseResult {
  readonly id: string;
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** What is wrong, or why it was skipped. */
  readonly details: readonly string[];
  readonly seconds: number;
}

/** What a certification came to. */
export interface Certification {
  readonly connector: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cases: readonly CaseResult[];
  readonly payments: number;
  readonly random: RandomPayments | undefined;
  readonly seconds: number;
}
