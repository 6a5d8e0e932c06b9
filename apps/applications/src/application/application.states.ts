import { type ApplicationState } from '#libs/contracts';

/** State × command → state. From here come the permitted commands, the checks and the tests. */
export const applicationTransitions = {
  edit: { draft: 'draft' },
  'sign-off': { draft: 'draft' },
  submission: { draft: 'submitted' },
  registration: { submitted: 'submitted' },
  withdrawal: { draft: 'withdrawn', submitted: 'withdrawn', completionRequested: 'withdrawn' },
  'conflict-declaration': { submitted: 'submitted', completionRequested: 'completionRequested' },
  assessments: { submitted: 'submitted', completionRequested: 'completionRequested' },
  grant: { submitted: 'granted' },
  rejection: { submitted: 'rejected' },
  acceptance: { granted: 'accepted' },
  declination: { granted: 'declined' },
  requisitions: { accepted: 'accepted' },
  payments: { accepted: 'accepted' },
  attestation: { accepted: 'accepted' },
} as const satisfies Record<string, Partial<Record<ApplicationState, ApplicationState>>>;

export type ApplicationCommand = keyof typeof applicationTransitions;
export const applicationCommands = Object.keys(applicationTransitions) as ApplicationCommand[];

/** Given by the product itself or through another resource, so never offered to a caller. */
const inner: readonly ApplicationCommand[] = ['registration', 'grant', 'rejection', 'declination'];

/** What a caller may ask for in a state, rights apart. */
export function offeredCommandsIn(state: ApplicationState): ApplicationCommand[] {
  return applicationCommands.filter(
    (command) => state in applicationTransitions[command] && !inner.includes(command),
  );
}

export function nextState(
  state: ApplicationState,
  command: ApplicationCommand,
): ApplicationState | undefined {
  return (applicationTransitions[command] as Partial<Record<ApplicationState, ApplicationState>>)[state];
}
