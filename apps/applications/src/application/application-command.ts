import { DomainError, type ApplicationState } from '#libs/contracts';
import { type Application } from './application-record.ts';
import { nextState, offeredCommandsIn, type ApplicationCommand } from './application.states.ts';

/** The state a command leads to. Errors: `state-conflict`, with what is possible now. */
export function next(application: Application, command: ApplicationCommand): ApplicationState {
  const state = nextState(application.state, command);
  if (state !== undefined) return state;
  throw new DomainError('state-conflict', {
    params: { command, state: application.state },
    extra: { allowed: offeredCommandsIn(application.state) },
  });
}

/** What every event of an application says about where it belongs. */
export function about(id: string, application: Application) {
  const { callId, rcc, region } = application;
  return { applicationId: id, callId, rcc, region };
}
