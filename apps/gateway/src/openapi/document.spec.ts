import { describe, expect, test } from '@jest/globals';
import { docsPage } from './docs-page.ts';
import { endpoints } from './endpoints.ts';
import { previewOpenApi } from './preview.ts';

const document = await previewOpenApi();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and names every operation of the contracts', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).toSorted()).toEqual(
      endpoints.map(({ path, method }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`).toSorted(),
    );
  });

  test('refers only to what it holds', () => {
    for (const reference of new Set(references(document))) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
      expect([reference, found]).toEqual([reference, expect.anything()]);
    }
  });

  test('holds no schema that nothing refers to, and none without a name of its own', () => {
    const used = new Set(references(document).map((reference) => reference.split('/').at(-1)));
    expect(Object.keys(document.components.schemas).filter((name) => !used.has(name))).toEqual([]);
    expect(Object.keys(document.components.schemas).filter((name) => name.startsWith('_'))).toEqual([]);
  });

  test('explains each tag that an operation has, and no other', () => {
    const used = new Set(operations.flatMap(({ operation }) => operation.tags));
    expect(document.tags.map(({ name }) => name)).toEqual([...used].toSorted());
    for (const { description } of document.tags) expect(description).toMatch(/\S/);
  });

  test('has unique operation ids', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(operations)('declares each parameter of $method $path', ({ path, operation }) => {
    const declared = operation.parameters.filter((parameter) => parameter['in'] === 'path');
    expect(declared.map((parameter) => parameter['name'])).toEqual(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
    );
    for (const parameter of declared) expect(parameter['required']).toBe(true);
    const keys = operation.parameters.map(
      (parameter) => `${String(parameter['in'])} ${String(parameter['name'])}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('tells what a change needs and what can be refused', () => {
    const change = document.paths['/applications/{id}']?.['patch'];
    expect(change?.parameters).toContainEqual(expect.objectContaining({ name: 'If-Match', required: true }));
    expect(Object.keys(change?.responses ?? {})).toEqual(
      expect.arrayContaining([
        '200',
        '400',
        '401',
        '403',
        '404',
        '409',
        '412',
        '413',
        '415',
        '422',
        '428',
        '503',
      ]),
    );
    const list = document.paths['/applications']?.['get'];
    expect(list?.parameters).toContainEqual(
      expect.objectContaining({ name: 'limit', in: 'query', required: false }),
    );
  });

  test('has a readable page with every operation', () => {
    const page = docsPage(document);
    for (const { operation } of operations) expect(page).toContain(`id="${operation.operationId}"`);
    expect(page).not.toMatch(/<script|https?:\/\/(?!insats\.example)/);
  });
});
