import { sumOre, type Ore } from '#libs/contracts';
import { type Application } from '../application/application-record.ts';
import { type Payment, type Requisition } from './payment-record.ts';

type Money = Pick<Application, 'granted' | 'requisitions' | 'payments'>;

export const requisitionsOf = ({ requisitions }: Money): readonly Requisition[] => requisitions ?? [];
export const paymentsOf = ({ payments }: Money): readonly Payment[] => payments ?? [];

/** What is asked for or paid: requisitions that were withdrawn or rejected take nothing. Öre. */
export function requisitionedOf(application: Money): Ore {
  return sumOre(
    requisitionsOf(application)
      .filter(({ state }) => state !== 'withdrawn' && state !== 'rejected')
      .map(({ amount }) => amount),
  );
}

/** What has been attested. Öre. */
export function paidOf(application: Money): Ore {
  return sumOre(
    paymentsOf(application)
      .filter(({ state }) => state === 'attested')
      .map(({ amount }) => amount),
  );
}

/** What can still be requisitioned. Öre. */
export function leftOf(application: Money): Ore {
  return (application.granted ?? 0) - requisitionedOf(application);
}
