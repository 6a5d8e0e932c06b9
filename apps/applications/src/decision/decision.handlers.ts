import { Controller } from '@nestjs/common';
import { require } from '#libs/access';
import {
  decideCall,
  getRanking,
  outcomesOfRounds,
  roundDecided,
  toMoney,
  type EndpointReply,
} from '#libs/contracts';
import { Consumes, Handles, type Asked, type Delivered } from '#libs/messaging';
import { ApplicationRepository } from '../application/application.repository.ts';
import { CallService } from '../call/call.service.ts';
import { placeOfCall } from '../call/call.view.ts';
import { DecisionService } from './decision.service.ts';
import { rank } from './ranking.ts';

const ranked = [
  'submitted',
  'completionRequested',
  'granted',
  'rejected',
  'accepted',
  'declined',
  'lapsed',
  'closed',
];

@Controller()
export class DecisionHandlers {
  constructor(
    private readonly decisions: DecisionService,
    private readonly calls: CallService,
    private readonly applications: ApplicationRepository,
  ) {}

  @Handles(decideCall)
  decide(asked: Asked<typeof decideCall>) {
    return this.decisions.decide(asked);
  }

  @Handles(getRanking)
  async ranking({ request, caller }: Asked<typeof getRanking>): Promise<EndpointReply<typeof getRanking>> {
    const call = await this.calls.visible(request.params.id, caller);
    require(caller.actor, 'ranking', 'call', placeOfCall(call.state));
    const applications = await this.applications.ofCall(call.id, ranked);
    return {
      body: {
        items: rank(applications, call.state).map(({ id, application, score, recommendedAmount }, index) => ({
          rank: index + 1,
          applicationId: id,
          reference: application.reference,
          title: application.title ?? '',
          region: application.region,
          themeId: application.themeId ?? null,
          requested: toMoney(application.requested),
          assessments: application.assessments.length,
          score,
          recommendedAmount: recommendedAmount === null ? null : toMoney(recommendedAmount),
        })),
      },
      revision: call.revision,
    };
  }

  @Consumes(outcomesOfRounds)
  async finish({ event }: Delivered): Promise<void> {
    const { callId, roundId } = roundDecided.data.parse(event.data);
    await this.decisions.finishRound(callId, roundId);
  }
}
