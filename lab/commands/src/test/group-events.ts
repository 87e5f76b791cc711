import type { TestEvent } from './test-tally.ts';

/**
 * What a process tells that runs several files, as if each of them had run by itself: its suite is the file, and what is in it stands one
 * level higher. Of the process itself only a failure is told.
 *
 * @param groups the modules that such processes run
 * @param files all files that run so, absolute
 */
export function asOfFiles({ type, data }: TestEvent, groups: ReadonlySet<string>, files: ReadonlySet<string>): readonly TestEvent[] {
  const { name = '', file, nesting = 0, details } = data;
  if (file !== undefined && groups.has(file) && name === file) return type === 'test:fail' ? [{ type, data }] : [];
  if (file !== undefined && groups.has(file) && type === 'test:summary') return [];
  if (details?.type === 'suite' && nesting === 0 && files.has(name)) {
    const end: TestEvent = { type, data: { ...data, file: name, details: { ...details, type: undefined } } };
    if (type === 'test:complete') return [end];
    const whole: TestEvent = { type: 'test:summary', data: { file: name } };
    return type === 'test:fail' ? [end, whole] : [whole];
  }
  return [{ type, data: file !== undefined && files.has(file) ? { ...data, nesting: Math.max(0, nesting - 1) } : data }];
}
