import { partTexts } from '../catalogue.ts';
import type { AuditTexts } from './en.ts';

/** What the audit log tells of. */
export const AUDIT = partTexts<AuditTexts>(import.meta.glob('./??.ts'));
