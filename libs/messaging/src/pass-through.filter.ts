import { Catch, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Nest's own filter for messages turns every error into "Internal server error" before a strategy sees
 * it. This one hands the error on as it is, so that the strategy can sort it.
 */
@Catch()
export class PassThroughFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
