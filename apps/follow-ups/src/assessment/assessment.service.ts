import { Injectable } from '@nestjs/common';
import { visibleWhere } from '#libs/access';
import { type listMeasureAssessments, type MeasureAssessmentView, type Page } from '#libs/contracts';
import { type Asked } from '#libs/messaging';
import { MeasureService } from '../measure/measure.service.ts';
import { ObservationRepository } from '../observation/observation.repository.ts';
import { toAssessmentView, toUnreportedView } from './assessment-view.ts';

@Injectable()
export class AssessmentService {
  constructor(
    private readonly measures: MeasureService,
    private readonly observations: ObservationRepository,
  ) {}

  /**
   * Every observation of a measure against its target, the newest period first; one item without a value
   * when there is none. Errors: `not-found`.
   */
  async list({
    request,
    caller,
  }: Asked<typeof listMeasureAssessments>): Promise<Page<MeasureAssessmentView>> {
    const { measureId, ...query } = request.query;
    const { state: measure } = await this.measures.visible(caller.actor, measureId);
    const visible = visibleWhere(caller.actor, 'observation');
    const page = await this.observations.page(visible, { measureId }, query, 'newest', ({ state }) =>
      toAssessmentView(measureId, measure, state),
    );
    if (page.page.total > 0) return page;
    const items = query.page === 1 ? [toUnreportedView(measureId, measure)] : [];
    return { items, page: { ...page.page, total: 1 } };
  }
}
