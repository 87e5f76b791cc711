import { TEXT } from '../../expression/shape.ts';
import type { Names } from '../compile-values.ts';

const FIELDS = Array.from({ length: 127 }, (_, index) => `DE${index + 2}`);

/** What predicates see of an answer: its type, and its fields as they stand on the line; bytes in hexadecimal digits. */
export const ISO8583_ANSWER: Names = Object.fromEntries(['mti', ...FIELDS].map((name) => [name, TEXT]));
