import { Controller } from '@nestjs/common';
import { exportPage } from '#libs/contracts';
import { Handles, type AskedRpc } from '#libs/messaging';
import { ExportService } from './export.service.ts';

@Controller()
export class ExportHandlers {
  constructor(private readonly exports: ExportService) {}

  @Handles(exportPage)
  page({ request, caller }: AskedRpc<typeof exportPage>): Promise<{ lines: string[]; next: string | null }> {
    return this.exports.page(caller.actor, request.filter, request.after);
  }
}
