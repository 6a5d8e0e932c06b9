/** A fault the user can mend: shown as its one line, without a stack. */
export class Refusal extends Error {}
