import { expect, test } from '@jest/globals';
import { type Endpoint } from '#libs/contracts';
import { OPERATION } from '../http/operation.ts';
import { endpoints } from '../openapi/endpoints.ts';
import { apiControllers } from './controllers.ts';

const name = (contract: Endpoint): string => `${contract.method} ${contract.path} (${contract.subject})`;

test('every operation of the contracts has one controller method', () => {
  const bound = apiControllers.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype).flatMap((method) => {
      const handler: unknown = Object.getOwnPropertyDescriptor(controller.prototype, method)?.value;
      const contract = Reflect.getMetadata(OPERATION, handler as object) as Endpoint | undefined;
      return contract ? [name(contract)] : [];
    }),
  );
  expect(bound.toSorted()).toEqual(endpoints.map(name).toSorted());
});

test('no two operations share method and path, or a subject', () => {
  const routes = endpoints.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`);
  expect(new Set(routes).size).toBe(endpoints.length);
  expect(new Set(endpoints.map(({ subject }) => subject)).size).toBe(endpoints.length);
});
