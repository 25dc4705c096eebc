import { expect, it } from 'vitest';
import { notImplementedDetail } from '../../../functions/api/openapi/alternatives.ts';
import { OTHER_SDK_ROUTES, SDK_ROUTES } from '../../../functions/api/openapi/sdk-routes.ts';
import { operations } from '../../../functions/api/operations.ts';

const shape = (route: string) => route.replaceAll(/\{\w+\}/g, '{}');
const ours = new Set(operations.map(({ method, path }) => shape(`${method} ${path}`)));
const missing = [...SDK_ROUTES, ...OTHER_SDK_ROUTES].filter((route) => !ours.has(shape(route)));

it('every operation of the clients that answers 501 names what to use in its place', () => {
  const details = missing.map((route) => [route, notImplementedDetail(route.split(' ')[1] ?? '')] as const);
  expect(details.filter(([, detail]) => detail === notImplementedDetail('/'))).toEqual([]);
  expect(new Set(details.map(([, detail]) => detail)).size).toBe(8);
});

it('operations that a 501 names exist', () => {
  const named = missing.flatMap((route) =>
    [
      ...notImplementedDetail(route.split(' ')[1] ?? '').matchAll(
        /(GET|POST) (\/(?:api|management)\S*?)[):,.;]*(?:\s|$)/g,
      ),
    ].map(([, method = '', path = '']) => shape(`${method} ${path}`)),
  );
  expect([...new Set(named)].filter((route) => !ours.has(route))).toEqual([]);
  expect(named.length).toBeGreaterThan(0);
});
