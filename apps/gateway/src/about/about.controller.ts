import { Controller, Get, Header } from '@nestjs/common';
import { basePath } from '../http/base-path.ts';
import { docsPage } from '../openapi/docs-page.ts';
import { ApiDescription } from './api-description.ts';
import { apiInfo } from './api-info.ts';

/** What the API says about itself: open to everybody. */
@Controller(basePath.slice(1))
export class AboutController {
  private openApi: string | undefined;
  private docs: string | undefined;

  constructor(private readonly description: ApiDescription) {}

  @Get('api-info')
  info(): typeof apiInfo {
    return apiInfo;
  }

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  openapi(): string {
    return (this.openApi ??= JSON.stringify(this.description.document));
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return (this.docs ??= docsPage(this.description.document));
  }
}
