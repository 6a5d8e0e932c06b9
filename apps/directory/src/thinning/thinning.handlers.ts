import { Controller } from '@nestjs/common';
import {
  changeThinningRuleEndpoint,
  createThinningRuleEndpoint,
  getThinningRule,
  getThinningRun,
  listThinnedThings,
  listThinningRules,
  listThinningRuns,
  previewThinning,
  runThinning,
} from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { ThinningService } from './thinning.service.ts';

@Controller()
export class ThinningHandlers {
  constructor(private readonly service: ThinningService) {}

  @Handles(listThinningRules)
  rules(asked: Asked<typeof listThinningRules>) {
    return this.service.rulesPage(asked);
  }

  @Handles(getThinningRule)
  rule(asked: Asked<typeof getThinningRule>) {
    return this.service.rule(asked);
  }

  @Handles(createThinningRuleEndpoint)
  create(asked: Asked<typeof createThinningRuleEndpoint>) {
    return this.service.createRule(asked);
  }

  @Handles(changeThinningRuleEndpoint)
  change(asked: Asked<typeof changeThinningRuleEndpoint>) {
    return this.service.changeRule(asked);
  }

  @Handles(previewThinning)
  preview(asked: Asked<typeof previewThinning>) {
    return this.service.preview(asked);
  }

  @Handles(runThinning)
  run(asked: Asked<typeof runThinning>) {
    return this.service.run(asked);
  }

  @Handles(listThinningRuns)
  runs(asked: Asked<typeof listThinningRuns>) {
    return this.service.runsPage(asked);
  }

  @Handles(getThinningRun)
  runOf(asked: Asked<typeof getThinningRun>) {
    return this.service.runOf(asked);
  }

  @Handles(listThinnedThings)
  things(asked: Asked<typeof listThinnedThings>) {
    return this.service.things(asked);
  }
}
