/**
 * A fault that the person at the keyboard can mend. The message says what to do, in Swedish with a short
 * English version, and is shown without a stack.
 */
export class Refusal extends Error {
  override name = 'Refusal';
}
