import { Injectable, type INestApplication } from '@nestjs/common';
import { openApiOf, type OpenApiDocument } from '../openapi/document.ts';

/** The running gateway's OpenAPI document. */
@Injectable()
export class ApiDescription {
  private app: INestApplication | undefined;
  private made: OpenApiDocument | undefined;

  /** The application to describe: Nest cannot inject the application itself. */
  use(app: INestApplication): void {
    this.app = app;
  }

  /** Made when first asked for, so that starting does not wait for it. */
  get document(): OpenApiDocument {
    if (!this.app) throw new Error('ApiDescription was not told which application to describe');
    return (this.made ??= openApiOf(this.app));
  }
}
