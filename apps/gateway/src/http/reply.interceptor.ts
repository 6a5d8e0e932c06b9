import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { type Endpoint, type EndpointReply } from '#libs/contracts';
import { preferredLanguage } from '../output/language.ts';
import { locationOf } from '../output/location.ts';
import { renderFault } from '../output/problem.ts';
import { type Reply, type Request } from './fastify.ts';
import { noteRccs } from '../access-log/rccs-in.ts';
import { settingsOf } from './route-config.ts';

/** Turns a service's reply into status, headers and body. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const { contract } = settingsOf(request);
    if (!contract) return next.handle();
    const reply = context.switchToHttp().getResponse<Reply>();
    return next.handle().pipe(
      map((answer: EndpointReply) => {
        if (contract.readsPersonalData) noteRccs(request, answer.body);
        return present(contract, answer, request, reply);
      }),
    );
  }
}

function present(contract: Endpoint, answer: EndpointReply, request: Request, reply: Reply): unknown {
  const status = answer.status ?? contract.status;
  if (status !== contract.status) reply.code(status);
  if (answer.revision !== undefined) reply.header('etag', `"${answer.revision}"`);
  if (answer.replayed) reply.header('idempotent-replayed', 'true');
  const location = status === 201 ? locationOf(contract, answer.body) : undefined;
  if (location !== undefined) reply.header('location', location);
  if (!answer.faults) return answer.body;
  const language = preferredLanguage(request.headers['accept-language']);
  reply.header('content-language', language);
  return {
    ...(answer.body as object),
    errors: answer.faults.map((fault) => renderFault(fault, language)),
  };
}
