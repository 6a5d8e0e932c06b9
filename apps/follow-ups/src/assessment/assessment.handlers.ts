import { Controller } from '@nestjs/common';
import { listMeasureAssessments, type EndpointReply } from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { AssessmentService } from './assessment.service.ts';

@Controller()
export class AssessmentHandlers {
  constructor(private readonly assessments: AssessmentService) {}

  @Handles(listMeasureAssessments)
  async list(
    asked: Asked<typeof listMeasureAssessments>,
  ): Promise<EndpointReply<typeof listMeasureAssessments>> {
    return { body: await this.assessments.list(asked) };
  }
}
