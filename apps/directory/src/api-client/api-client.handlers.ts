import { Controller } from '@nestjs/common';
import {
  addClientKeyEndpoint,
  apiClientKeys,
  changeApiClientEndpoint,
  createApiClientEndpoint,
  endApiClient,
  endClientKey,
  getApiClient,
  listApiClients,
  useAssertion,
} from '#libs/contracts';
import { Handles, type Asked, type AskedRpc } from '#libs/messaging';
import { ApiClientService } from './api-client.service.ts';
import { UsedAssertions } from './used-assertions.repository.ts';

@Controller()
export class ApiClientHandlers {
  constructor(
    private readonly service: ApiClientService,
    private readonly assertions: UsedAssertions,
  ) {}

  @Handles(listApiClients)
  list(asked: Asked<typeof listApiClients>) {
    return this.service.list(asked);
  }

  @Handles(getApiClient)
  get(asked: Asked<typeof getApiClient>) {
    return this.service.get(asked);
  }

  @Handles(createApiClientEndpoint)
  create(asked: Asked<typeof createApiClientEndpoint>) {
    return this.service.create(asked);
  }

  @Handles(changeApiClientEndpoint)
  change(asked: Asked<typeof changeApiClientEndpoint>) {
    return this.service.change(asked);
  }

  @Handles(endApiClient)
  end(asked: Asked<typeof endApiClient>) {
    return this.service.end(asked);
  }

  @Handles(addClientKeyEndpoint)
  addKey(asked: Asked<typeof addClientKeyEndpoint>) {
    return this.service.addKey(asked);
  }

  @Handles(endClientKey)
  endKey(asked: Asked<typeof endClientKey>) {
    return this.service.endKey(asked);
  }

  @Handles(apiClientKeys)
  keys(asked: AskedRpc<typeof apiClientKeys>) {
    return this.service.keys(asked);
  }

  @Handles(useAssertion)
  async useAssertion({ request }: AskedRpc<typeof useAssertion>) {
    const { clientId, jti, expiresAt } = request;
    return { fresh: await this.assertions.use(clientId, jti, new Date(expiresAt)) };
  }
}
