import { type CallHandler, type ExecutionContext } from '@nestjs/common';
import { expect, test } from '@jest/globals';
import { lastValueFrom, of } from 'rxjs';
import {
  checkSubmission,
  createCallEndpoint,
  importPlanEndpoint,
  type Endpoint,
  type EndpointReply,
} from '#libs/contracts';
import { ReplyInterceptor } from './reply.interceptor.ts';

/** What a client would get of a service's reply: the status when it is changed, headers and body. */
async function presented(contract: Endpoint | undefined, answer: unknown, acceptLanguage?: string) {
  const headers: Record<string, string> = {};
  let status: number | undefined;
  const reply = {
    code: (code: number) => void (status = code),
    header: (name: string, value: string) => void (headers[name] = value),
  };
  const request = { routeOptions: { config: { contract } }, headers: { 'accept-language': acceptLanguage } };
  const context = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) };
  const next: CallHandler = { handle: () => of(answer) };
  const result = new ReplyInterceptor().intercept(context as unknown as ExecutionContext, next);
  const body: unknown = await lastValueFrom(result);
  return { status, headers, body };
}

test('faults that a service lists are told in the language of the caller', async () => {
  const answer: EndpointReply = {
    body: { ready: false, errors: [] },
    revision: 3,
    faults: [{ pointer: '/title', code: 'required' }],
  };
  expect(await presented(checkSubmission, answer)).toMatchObject({
    headers: { etag: '"3"', 'content-language': 'sv' },
    body: { ready: false, errors: [{ pointer: '/title', code: 'required', detail: 'Fältet saknas.' }] },
  });
  expect((await presented(checkSubmission, answer, 'en')).body).toMatchObject({
    errors: [{ detail: 'The field is missing.' }],
  });
});

test('a creation tells where, and a repeated one that it was', async () => {
  const { status, headers } = await presented(createCallEndpoint, {
    body: { id: 'a' },
    revision: 1,
    replayed: true,
  });
  expect(status).toBeUndefined();
  expect(headers).toEqual({ etag: '"1"', location: '/insats/v1/calls/a', 'idempotent-replayed': 'true' });
});

test('a reply may say 200 where 201 is usual, and then nothing was created', async () => {
  const { status, headers } = await presented(importPlanEndpoint, { status: 200, body: { planId: null } });
  expect(status).toBe(200);
  expect(headers).toEqual({});
});

test('what is no operation passes as it is', async () => {
  expect(await presented(undefined, { any: 'thing' })).toEqual({
    status: undefined,
    headers: {},
    body: { any: 'thing' },
  });
});
