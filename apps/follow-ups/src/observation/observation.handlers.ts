import { Controller } from '@nestjs/common';
import {
  correctObservationEndpoint,
  getObservation,
  listObservations,
  recordObservationEndpoint,
  type EndpointReply,
} from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { ObservationService } from './observation.service.ts';

@Controller()
export class ObservationHandlers {
  constructor(private readonly observations: ObservationService) {}

  @Handles(recordObservationEndpoint)
  async record(
    asked: Asked<typeof recordObservationEndpoint>,
  ): Promise<EndpointReply<typeof recordObservationEndpoint>> {
    const { view, revision, replayed } = await this.observations.record(asked);
    return { body: view, revision, ...(replayed && { replayed }) };
  }

  @Handles(correctObservationEndpoint)
  async correct(
    asked: Asked<typeof correctObservationEndpoint>,
  ): Promise<EndpointReply<typeof correctObservationEndpoint>> {
    const { view, revision, replayed } = await this.observations.correct(asked);
    return { body: view, revision, ...(replayed && { replayed }) };
  }

  @Handles(listObservations)
  async list(asked: Asked<typeof listObservations>): Promise<EndpointReply<typeof listObservations>> {
    return { body: await this.observations.list(asked) };
  }

  @Handles(getObservation)
  async get(asked: Asked<typeof getObservation>): Promise<EndpointReply<typeof getObservation>> {
    const { view, revision } = await this.observations.get(asked);
    return { body: view, revision };
  }
}
