import { Clearance } from '#libs/access';
import { isMoneyCommand, type ActorStamp, type Endpoint } from '#libs/contracts';

/** Throws an Error where an operation that moves money has no clearance for its own command and this very caller. */
export function requireClearance(
  { right, name }: Endpoint,
  { id }: ActorStamp,
  cleared: Clearance | undefined,
): void {
  if (right === 'everybody' || !isMoneyCommand(right.command)) return;
  const isCleared =
    cleared instanceof Clearance && cleared.command === right.command && cleared.actorId === id;
  if (!isCleared) throw new Error(`${name} moves money: nobody asked the four-eyes rule`);
}
