import { Controller } from '@nestjs/common';
import { noticesOfApplications } from '#libs/contracts';
import { Consumes, type Delivered } from '#libs/messaging';
import { NoticeService } from './notice.service.ts';

@Controller()
export class NoticeHandlers {
  constructor(private readonly notices: NoticeService) {}

  @Consumes(noticesOfApplications)
  tell({ event }: Delivered): Promise<void> {
    return this.notices.tell(event);
  }
}
