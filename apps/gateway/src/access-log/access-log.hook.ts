import { type Fastify } from '../http/fastify.ts';
import { accessRecordOf } from './access-record.ts';
import { type AccessLog } from './access-log.ts';

/** Tells the access log of every request that it is about. */
export function useAccessLog(fastify: Fastify, log: AccessLog): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const record = accessRecordOf(request, reply.statusCode, new Date());
    if (record) log.add(record);
    done();
  });
}
