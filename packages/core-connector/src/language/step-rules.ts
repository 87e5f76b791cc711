import type { Rule } from './check-tree.ts';
import { STEPS } from './operation-schema.ts';

export type StepKind = 'check' | 'let' | 'call' | 'money' | 'choose' | 'use' | 'fail' | 'reply';

/** The grammar of each kind of step, by the key that names the kind. TypeBox makes plain JSON Schema, of which the grammar uses a part. */
export const STEP_RULES: Readonly<Record<StepKind, Rule>> = STEPS as unknown as Readonly<Record<StepKind, Rule>>;
