import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOM } from '../tools/sources.ts';

const paths = (): Readonly<Record<string, object>> =>
  (JSON.parse(readFileSync(join(ROOM, '../../docs/management-api.openapi.json'), 'utf8')) as { paths: Record<string, object> }).paths;

test('every line that is asked is a route of the management API', () => {
  const known = new Set(
    Object.entries(paths()).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api/, '').replace(/\{(\w+)\}/g, ':$1')}`),
    ),
  );
  const asked = globSync('src/**/*.{ts,tsx}', { cwd: ROOM }).flatMap((file) =>
    [...readFileSync(join(ROOM, file), 'utf8').matchAll(/'((?:GET|POST|PUT|DELETE) \/[^']*)'/g)].map(([, line = '']) => ({ file, line })),
  );
  assert.ok(asked.length >= 12);
  assert.deepEqual(
    asked.filter(({ line }) => !known.has(line)),
    [],
  );
});
