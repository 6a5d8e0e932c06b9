import { Clearance } from '#libs/access';
import { isMoneyCommand, type Actor, type Command } from '#libs/contracts';
import { type Application } from '../application/application-record.ts';
import { matterOf } from '../application/matter.ts';
import { leftOf, paymentsOf, requisitionsOf } from './grant-money.ts';
import { paymentTransitions, possibleIn, requisitionTransitions } from './payment.states.ts';

/**
 * Asks the four-eyes rule for a command on an application's money; undefined where the command moves none. An
 * unknown payment has no preparer, and is told to be unknown afterwards. Errors: `conflict-of-interest`,
 * `four-eyes`.
 */
export function clearanceFor(
  command: Command,
  actor: Actor,
  id: string,
  application: Application,
  paymentId: string | undefined,
): Clearance | undefined {
  if (!isMoneyCommand(command)) return undefined;
  const payment = paymentsOf(application).find((each) => each.id === paymentId);
  return Clearance.require(actor, command, new Map([[id, matterOf(application, payment?.preparedBy)]]));
}

/**
 * Is there something left that a command could be done to, and does the four-eyes rule leave it to the actor?
 * What concerns no payment is always due.
 */
export function isDue(actor: Actor, application: Application, command: Command): boolean {
  if (command === 'requisitions') return leftOf(application) > 0;
  if (!isMoneyCommand(command)) return true;
  return mattersOfDue(application, command).some((matter) => Clearance.lets(actor, command, matter));
}

/** One for each thing that waits for the command. */
function mattersOfDue(application: Application, command: Command) {
  if (command === 'attestation') {
    return paymentsOf(application)
      .filter(({ state }) => possibleIn(paymentTransitions, state).includes(command))
      .map(({ preparedBy }) => matterOf(application, preparedBy));
  }
  return requisitionsOf(application)
    .filter(({ state }) => possibleIn(requisitionTransitions, state).includes(command))
    .map(() => matterOf(application));
}
