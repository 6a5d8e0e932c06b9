import { chainBroken, occurred, type AlarmView, type NewEvent, type ServiceName } from '#libs/contracts';

/** A chain that is not the one that the log knows: it lost links, or has other ones. */
export interface Alarm {
  readonly service: ServiceName;
  readonly aggregate: { readonly type: string; readonly id: string };
  /** The link that the log has. */
  readonly seq: number;
  readonly expected: string;
  /** What the chain has there now; null: nothing. */
  readonly found: string | null;
  /** RFC 3339, product time. */
  readonly at: string;
}

export function chainWasBroken({ service, aggregate, seq, expected, found }: Alarm): NewEvent {
  return occurred(chainBroken, {
    service,
    aggregateType: aggregate.type,
    aggregateId: aggregate.id,
    seq,
    expected,
    found,
  });
}

export function toAlarmView(id: string, { service, aggregate, seq, expected, found, at }: Alarm): AlarmView {
  return { id, service, aggregate: { type: aggregate.type, id: aggregate.id }, seq, expected, found, at };
}
