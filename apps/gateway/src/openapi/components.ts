import { problems } from '#libs/contracts';

/** Headers of answers, by name. */
export const responseHeaders = {
  ETag: { description: 'Resursens revision, för If-Match', schema: { type: 'string' } },
  Location: { description: 'Var det skapade kan läsas', schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: 'true: anropet hade redan utförts under samma Idempotency-Key',
    schema: { type: 'string', enum: ['true'] },
  },
};

/** The body of every refusal. */
export const problemSchema = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(problems) },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON-pekare (RFC 6901) till stället' },
          code: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
    allowed: { type: 'array', items: { type: 'string' }, description: 'Kommandon som går nu' },
  },
};
