import { Module } from '@nestjs/common';
import { AssessmentHandlers } from './assessment/assessment.handlers.ts';
import { AssessmentService } from './assessment/assessment.service.ts';
import { followUpsRecords } from './follow-ups.records.ts';
import { MeasureHandlers } from './measure/measure.handlers.ts';
import { MeasureRepository } from './measure/measure.repository.ts';
import { MeasureService } from './measure/measure.service.ts';
import { ObservationHandlers } from './observation/observation.handlers.ts';
import { ObservationRepository } from './observation/observation.repository.ts';
import { ObservationService } from './observation/observation.service.ts';

@Module({
  controllers: [MeasureHandlers, ObservationHandlers, AssessmentHandlers],
  providers: [
    MeasureRepository,
    MeasureService,
    ObservationRepository,
    ObservationService,
    AssessmentService,
    followUpsRecords,
  ],
})
export class FollowUpsModule {}
