import { Controller } from '@nestjs/common';
import { changePersonEndpoint, createPersonEndpoint, getPerson, listPeople } from '#libs/contracts';
import { Handles, type Asked } from '#libs/messaging';
import { PersonService } from './person.service.ts';

@Controller()
export class PersonHandlers {
  constructor(private readonly service: PersonService) {}

  @Handles(listPeople)
  list(asked: Asked<typeof listPeople>) {
    return this.service.list(asked);
  }

  @Handles(getPerson)
  get(asked: Asked<typeof getPerson>) {
    return this.service.get(asked);
  }

  @Handles(createPersonEndpoint)
  create(asked: Asked<typeof createPersonEndpoint>) {
    return this.service.create(asked);
  }

  @Handles(changePersonEndpoint)
  change(asked: Asked<typeof changePersonEndpoint>) {
    return this.service.change(asked);
  }
}
