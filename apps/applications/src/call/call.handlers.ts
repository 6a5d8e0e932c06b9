import { Controller } from '@nestjs/common';
import {
  changeCallEndpoint,
  closeCall,
  createCallEndpoint,
  extendCall,
  getCall,
  getCallHistory,
  getFrame,
  listCalls,
  noticeOfCall,
  publishCall,
} from '#libs/contracts';
import { Handles, type Asked, type AskedRpc } from '#libs/messaging';
import { CallHistoryService } from './call-history.service.ts';
import { CallService } from './call.service.ts';

@Controller()
export class CallHandlers {
  constructor(
    private readonly calls: CallService,
    private readonly histories: CallHistoryService,
  ) {}

  @Handles(listCalls)
  list(asked: Asked<typeof listCalls>) {
    return this.calls.list(asked);
  }

  @Handles(getCall)
  get(asked: Asked<typeof getCall>) {
    return this.calls.get(asked);
  }

  @Handles(createCallEndpoint)
  create(asked: Asked<typeof createCallEndpoint>) {
    return this.calls.create(asked);
  }

  @Handles(changeCallEndpoint)
  change(asked: Asked<typeof changeCallEndpoint>) {
    return this.calls.change(asked);
  }

  @Handles(publishCall)
  publish(asked: Asked<typeof publishCall>) {
    return this.calls.publish(asked);
  }

  @Handles(extendCall)
  extend(asked: Asked<typeof extendCall>) {
    return this.calls.extend(asked);
  }

  @Handles(closeCall)
  close(asked: Asked<typeof closeCall>) {
    return this.calls.close(asked);
  }

  @Handles(getCallHistory)
  history(asked: Asked<typeof getCallHistory>) {
    return this.histories.page(asked);
  }

  @Handles(getFrame)
  frame(asked: Asked<typeof getFrame>) {
    return this.calls.frame(asked);
  }

  @Handles(noticeOfCall)
  notice(asked: AskedRpc<typeof noticeOfCall>) {
    return this.calls.notice(asked);
  }
}
