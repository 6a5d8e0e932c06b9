import { Controller } from '@nestjs/common';
import { createMeasureEndpoint, getMeasure, listMeasures, type EndpointReply } from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { MeasureService } from './measure.service.ts';

@Controller()
export class MeasureHandlers {
  constructor(private readonly measures: MeasureService) {}

  @Handles(createMeasureEndpoint)
  async create(
    asked: Asked<typeof createMeasureEndpoint>,
  ): Promise<EndpointReply<typeof createMeasureEndpoint>> {
    const { view, revision, replayed } = await this.measures.create(asked);
    return { body: view, revision, ...(replayed && { replayed }) };
  }

  @Handles(listMeasures)
  async list(asked: Asked<typeof listMeasures>): Promise<EndpointReply<typeof listMeasures>> {
    return { body: await this.measures.list(asked) };
  }

  @Handles(getMeasure)
  async get(asked: Asked<typeof getMeasure>): Promise<EndpointReply<typeof getMeasure>> {
    const { view, revision } = await this.measures.get(asked);
    return { body: view, revision };
  }
}
