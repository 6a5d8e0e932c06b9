import { Controller } from '@nestjs/common';
import {
  acceptGrant,
  applicationNotices,
  assessApplication,
  callExtended,
  changeApplicationEndpoint,
  checkSubmission,
  createApplicationEndpoint,
  declareConflict,
  extensionsOfCalls,
  getApplication,
  getApplicationHistory,
  listApplications,
  listAssessments,
  signOffApplication,
  submitApplication,
  withdrawApplication,
} from '#libs/contracts';
import { Consumes, Handles, type Asked, type AskedRpc, type Delivered } from '#libs/messaging';
import { ApplicationService } from './application.service.ts';
import { HistoryService } from './history.service.ts';

@Controller()
export class ApplicationHandlers {
  constructor(
    private readonly applications: ApplicationService,
    private readonly histories: HistoryService,
  ) {}

  @Handles(listApplications)
  list(asked: Asked<typeof listApplications>) {
    return this.applications.list(asked);
  }

  @Handles(getApplication)
  get(asked: Asked<typeof getApplication>) {
    return this.applications.get(asked);
  }

  @Handles(createApplicationEndpoint)
  create(asked: Asked<typeof createApplicationEndpoint>) {
    return this.applications.create(asked);
  }

  @Handles(changeApplicationEndpoint)
  change(asked: Asked<typeof changeApplicationEndpoint>) {
    return this.applications.change(asked);
  }

  @Handles(checkSubmission)
  check(asked: Asked<typeof checkSubmission>) {
    return this.applications.check(asked);
  }

  @Handles(signOffApplication)
  signOff(asked: Asked<typeof signOffApplication>) {
    return this.applications.signOff(asked);
  }

  @Handles(submitApplication)
  submit(asked: Asked<typeof submitApplication>) {
    return this.applications.submit(asked);
  }

  @Handles(withdrawApplication)
  withdraw(asked: Asked<typeof withdrawApplication>) {
    return this.applications.withdraw(asked);
  }

  @Handles(declareConflict)
  declareConflict(asked: Asked<typeof declareConflict>) {
    return this.applications.declareConflict(asked);
  }

  @Handles(acceptGrant)
  accept(asked: Asked<typeof acceptGrant>) {
    return this.applications.accept(asked);
  }

  @Handles(assessApplication)
  assess(asked: Asked<typeof assessApplication>) {
    return this.applications.assess(asked);
  }

  @Handles(listAssessments)
  assessments(asked: Asked<typeof listAssessments>) {
    return this.applications.assessments(asked);
  }

  @Handles(getApplicationHistory)
  history(asked: Asked<typeof getApplicationHistory>) {
    return this.histories.page(asked);
  }

  @Handles(applicationNotices)
  notices(asked: AskedRpc<typeof applicationNotices>) {
    return this.applications.notices(asked);
  }

  @Consumes(extensionsOfCalls)
  async followExtension({ event }: Delivered): Promise<void> {
    await this.applications.followExtension(callExtended.data.parse(event.data).callId);
  }
}
