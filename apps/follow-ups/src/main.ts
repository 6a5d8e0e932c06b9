import { startService } from '#libs/service';
import { FollowUpsModule } from './follow-ups.module.ts';
import { MeasureRepository } from './measure/measure.repository.ts';
import { ObservationRepository } from './observation/observation.repository.ts';

await startService({
  service: 'follow-ups',
  module: FollowUpsModule,
  prepare: async (app) => {
    await app.get(MeasureRepository).prepare();
    await app.get(ObservationRepository).prepare();
  },
});
