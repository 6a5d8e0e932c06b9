import { Controller } from '@nestjs/common';
import { Consumes, type Delivered } from '#libs/messaging';
import { noticeEvents, NoticeService } from './notice.service.ts';

@Controller()
export class NoticeHandlers {
  constructor(private readonly notices: NoticeService) {}

  @Consumes({ purpose: 'notices', from: 'applications', types: noticeEvents })
  tell({ event }: Delivered): Promise<void> {
    return this.notices.tell(event);
  }
}
