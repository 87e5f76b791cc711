import type { Expression } from '../../expression/compile.ts';
import type { Template } from '../operation.ts';

/** Every expression of a template, or of a text that may be one. */
export function expressionsIn(template: Template): readonly Expression[] {
  switch (template.kind) {
    case 'text':
      return [];
    case 'expression':
      return [template.expression];
    case 'list':
      return template.items.flatMap(expressionsIn);
    case 'object':
      return template.members.flatMap(([, member]) => expressionsIn(member));
  }
}
