import { type CallView } from '#libs/contracts';

export type CallState = CallView['state'];

/** State × command → state. From here come the permitted commands, the checks and the tests. */
export const callTransitions = {
  edit: { draft: 'draft' },
  publication: { draft: 'published' },
  'closing-extension': { published: 'published' },
  closure: { published: 'closed' },
  decisions: { published: 'published' },
} as const satisfies Record<string, Partial<Record<CallState, CallState>>>;

export type CallCommand = keyof typeof callTransitions;
export const callCommands = Object.keys(callTransitions) as CallCommand[];

export function callCommandsIn(state: CallState): CallCommand[] {
  return callCommands.filter((command) => state in callTransitions[command]);
}
