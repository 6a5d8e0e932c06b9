import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock, type Logger } from '#libs/platform';
import { LOGGER, Sweeps } from '#libs/service';
import { SealingService } from './log/sealing.service.ts';
import { VerificationService } from './verification/verification.service.ts';

/** Milliseconds between looks at the clock: a root is signed within moments of the full hour. */
const lookEvery = 2000;
const workFor = 1000;

/** What comes round by itself: sealing every hour, and going on with a verification that somebody began. */
@Injectable()
export class Rounds implements OnModuleInit {
  constructor(
    private readonly sealing: SealingService,
    private readonly verification: VerificationService,
    private readonly sweeps: Sweeps,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.sweeps.add('sealing', lookEvery, () => this.sealing.sealIfDue());
    this.sweeps.add('verification', lookEvery, () => this.verification.goOn(workFor));
    this.clock.onMoved(async () => {
      try {
        await this.sealing.sealIfDue();
      } catch (error) {
        // The clock has moved all the same; the sweep comes round.
        this.logger.warn({ err: error }, 'the log is sealed later');
      }
    });
  }
}
