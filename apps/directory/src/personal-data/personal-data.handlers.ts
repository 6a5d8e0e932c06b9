import { Controller } from '@nestjs/common';
import { getMyPersonalData, getPersonalData } from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { PersonalDataService } from './personal-data.service.ts';

@Controller()
export class PersonalDataHandlers {
  constructor(private readonly service: PersonalDataService) {}

  @Handles(getPersonalData)
  of(asked: Asked<typeof getPersonalData>) {
    return this.service.of(asked);
  }

  @Handles(getMyPersonalData)
  mine(asked: Asked<typeof getMyPersonalData>) {
    return this.service.mine(asked);
  }
}
