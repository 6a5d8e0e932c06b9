import { describe, expect, test } from '@jest/globals';
import { problems, type ProblemCode } from '#libs/contracts';
import { renderFault, renderProblem } from './problem.ts';

const context = { language: 'sv', instance: '/insats/v1/calls/1', traceId: 'a'.repeat(32) } as const;

describe('a problem document', () => {
  test('carries every member that clients rely on, in Swedish', () => {
    const { status, headers, body } = renderProblem(
      {
        code: 'state-conflict',
        params: { command: 'submission', state: 'draft' },
        extra: { allowed: ['edit'] },
      },
      context,
    );
    expect(status).toBe(409);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': 'sv',
    });
    expect(body).toEqual({
      type: 'https://insats.example/problems/state-conflict',
      title: 'Går inte i nuvarande läge',
      status: 409,
      detail: 'Kommandot submission går inte när läget är draft. Se fältet allowed för vad som går nu.',
      instance: '/insats/v1/calls/1',
      code: 'state-conflict',
      traceId: 'a'.repeat(32),
      allowed: ['edit'],
    });
  });

  test('is in English when asked', () => {
    const { body, headers } = renderProblem({ code: 'not-found' }, { ...context, language: 'en' });
    expect(body['title']).toBe('Not found');
    expect(headers['content-language']).toBe('en');
  });

  test('keeps its own members whatever a service adds', () => {
    const { body } = renderProblem(
      { code: 'not-found', extra: { status: 200, code: 'fine', left: '1' } },
      context,
    );
    expect(body).toMatchObject({ status: 404, code: 'not-found', left: '1' });
  });

  test('names every fault with its place, code and what to do', () => {
    const { body } = renderProblem(
      {
        code: 'invalid-input',
        faults: [
          { pointer: '/title', code: 'required' },
          { pointer: '/criteria/0/scale/min', code: 'too-large', params: { maximum: 100 } },
        ],
      },
      context,
    );
    expect(body['errors']).toEqual([
      { pointer: '/title', code: 'required', detail: 'Fältet saknas.' },
      { pointer: '/criteria/0/scale/min', code: 'too-large', detail: 'Värdet är för stort: högst 100.' },
    ]);
  });

  test('without faults has no list of them', () => {
    expect(renderProblem({ code: 'not-found' }, context).body).not.toHaveProperty('errors');
  });

  test.each([
    [{ code: 'not-authenticated' }, 'www-authenticate', 'Bearer realm="insats"'],
    [{ code: 'method-not-allowed', params: { allow: 'GET, POST' } }, 'allow', 'GET, POST'],
    [{ code: 'precondition-failed', params: { etag: '"7"' } }, 'etag', '"7"'],
    [{ code: 'unavailable', params: { seconds: 5 } }, 'retry-after', '5'],
    [{ code: 'too-many-requests', params: { seconds: 30 } }, 'retry-after', '30'],
  ] as const)('%p sets the header %s', (message, header, value) => {
    expect(renderProblem(message, context).headers[header]).toBe(value);
  });

  test.each(Object.keys(problems) as ProblemCode[])('%s has no gaps when its values are missing', (code) => {
    for (const language of ['sv', 'en'] as const) {
      const { status, body } = renderProblem({ code }, { ...context, language });
      expect(status).toBe(problems[code].status);
      expect(JSON.stringify(body)).not.toMatch(/\{\w+\}|undefined/);
    }
  });
});

test('a wrong kind of value is named in the language of the text', () => {
  const fault = { pointer: '/a', code: 'wrong-type', params: { expected: 'boolean' } } as const;
  expect(renderFault(fault, 'sv').detail).toBe('Fel slags värde: här ska stå true eller false.');
  expect(renderFault({ ...fault, params: { expected: 'array' } }, 'sv').detail).toMatch(/en lista\.$/);
  expect(renderFault({ ...fault, params: { expected: 'array' } }, 'en').detail).toMatch(/array\.$/);
});
