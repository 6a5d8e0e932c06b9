import { healthOf, serviceActor, serviceNames, type ServiceName } from '#libs/contracts';
import { type Bus, type BusClient } from '#libs/messaging';

type State = 'up' | 'down';

export interface ReadinessState {
  readonly status: State;
  readonly parts: Readonly<Record<string, Readonly<Record<string, State>>>>;
}

const bound = 1000;

/** Can the whole product do its job? Asks every service for the state of what it depends on. */
export class Readiness {
  private underWay: Promise<ReadinessState> | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly client: BusClient,
  ) {}

  /** Whoever asks while a check is under way gets its result: anybody may ask, and each asks every service. */
  check(): Promise<ReadinessState> {
    this.underWay ??= this.checkAll().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async checkAll(): Promise<ReadinessState> {
    const [gateway, ...services] = await Promise.all([
      this.ofGateway(),
      ...serviceNames.map((service) => this.ofService(service)),
    ]);
    const parts = Object.fromEntries([['gateway', gateway] as const, ...services]);
    const isUp = Object.values(parts).every((states) =>
      Object.values(states).every((state) => state === 'up'),
    );
    return { status: isUp ? 'up' : 'down', parts };
  }

  private async ofGateway(): Promise<Record<string, State>> {
    return { bus: (await this.bus.isUp()) ? 'up' : 'down' };
  }

  private async ofService(service: ServiceName): Promise<readonly [string, Record<string, State>]> {
    try {
      const { parts } = await this.client.ask(
        healthOf(service),
        {},
        { actor: serviceActor('gateway'), timeout: bound },
      );
      return [service, parts];
    } catch {
      return [service, { service: 'down' }];
    }
  }
}
