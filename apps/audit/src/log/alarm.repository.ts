import { Inject, Injectable } from '@nestjs/common';
import { type Connection } from 'mongoose';
import { DomainError, type AlarmView, type Page } from '#libs/contracts';
import { Relay } from '#libs/messaging';
import { AggregateRepository, derivedId, readPage, type WriteContext } from '#libs/persistence';
import { CONNECTION } from '#libs/service';
import { alarmSchema } from './alarm.schema.ts';
import { chainWasBroken, toAlarmView, type Alarm } from './alarm.ts';

@Injectable()
export class AlarmRepository extends AggregateRepository<Alarm> {
  constructor(@Inject(CONNECTION) connection: Connection, relay: Relay) {
    super(connection, 'audit-alarm', 'alarms', alarmSchema, relay);
  }

  /** Raises an alarm, once for the same finding. False: it was known. */
  async raise(alarm: Alarm, context: WriteContext): Promise<boolean> {
    const { service, aggregate, seq, expected, found } = alarm;
    const id = derivedId('alarm', service, aggregate.type, aggregate.id, `${seq}`, expected, `${found}`);
    try {
      await this.create(id, { state: alarm, events: [chainWasBroken(alarm)] }, context);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'already-exists') return false;
      throw error;
    }
  }

  /** The latest first, and how many there are. */
  latest(limit: number): Promise<Page<AlarmView>> {
    return readPage(this.model, {}, { page: 1, limit, sort: '-at' }, (document) =>
      toAlarmView(document._id, document as unknown as Alarm),
    );
  }
}
