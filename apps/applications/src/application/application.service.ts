import { Injectable } from '@nestjs/common';
import { may, require, requireVisible, visibleWhere } from '#libs/access';
import { addDays, civilDayAt } from '#libs/calendar';
import {
  acceptGrant,
  applicationNotices,
  assessApplication,
  changeApplicationEndpoint,
  checkSubmission,
  createApplicationEndpoint,
  declareConflict as declareConflictContract,
  DomainError,
  getApplication,
  invalidInput,
  listApplications,
  listAssessments,
  signOffApplication,
  submitApplication,
  toMoney,
  withdrawApplication,
  type ApplicationView,
  type Command,
  type Endpoint,
  type EndpointReply,
  type EndpointRequest,
} from '#libs/contracts';
import { type Asked, type AskedRpc, type Caller } from '#libs/messaging';
import { derivedId, type Change, type Outcome, type Stored, type WriteContext } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { creationId, writeContext } from '#libs/service';
import { type CallTerms } from '../call/call.ts';
import { CallRepository } from '../call/call.repository.ts';
import { type Application } from './application-record.ts';
import {
  answerGrant,
  changeApplication,
  createApplication,
  followExtension,
  signOff,
  submit,
  withdraw,
} from './application.ts';
import { assess, declareConflict } from './assessing.ts';
import { ApplicationRepository } from './application.repository.ts';
import { placeOfApplication, toApplicationView, toAssessmentView } from './application.view.ts';
import { readinessFaults } from './readiness.ts';
import { References } from './references.service.ts';

type ApplicationEndpoint = Endpoint & { readonly reply: typeof getApplication.reply };
interface ApplicationReply {
  readonly body: ApplicationView;
  readonly revision: number;
  readonly replayed?: true;
}

@Injectable()
export class ApplicationService {
  constructor(
    private readonly applications: ApplicationRepository,
    private readonly calls: CallRepository,
    private readonly references: References,
    private readonly clock: Clock,
  ) {}

  async list({
    request,
    caller,
  }: Asked<typeof listApplications>): Promise<EndpointReply<typeof listApplications>> {
    const { limit, page, sort, ...filter } = request.query;
    return {
      body: await this.applications.page(
        visibleWhere(caller.actor, 'application'),
        filter,
        { limit, page, sort },
        (stored) => toApplicationView(stored, caller.actor),
      ),
    };
  }

  async get({ request, caller }: Asked<typeof getApplication>): Promise<ApplicationReply> {
    return this.reply(await this.visible(request.params.id, caller), caller);
  }

  async create({ request, caller }: Asked<typeof createApplicationEndpoint>): Promise<ApplicationReply> {
    const { body } = request;
    const call = await this.calls.terms(body.callId);
    if (!call || call.state === 'draft') throw invalidInput([{ pointer: '/callId', code: 'unknown-call' }]);
    const stamp = require(caller.actor, 'create', 'application', {
      rcc: call.rcc,
      region: body.region,
      ...(body.unit !== undefined && { unit: body.unit }),
    });
    const id = creationId(createApplicationEndpoint, request, caller);
    const context = writeContext(createApplicationEndpoint, request, caller, stamp, this.clock);
    let change: Change<Application>;
    try {
      change = createApplication(id, body, call, civilDayAt(context.time));
    } catch (error) {
      // A repeat gets what it made, even if the call has closed since.
      const before = await this.applications.created(id, context);
      if (before) return this.reply(before, caller);
      throw error;
    }
    return this.reply(await this.applications.create(id, change, context), caller);
  }

  change(asked: Asked<typeof changeApplicationEndpoint>): Promise<ApplicationReply> {
    return this.command(changeApplicationEndpoint, 'edit', asked, async ({ id, state }) => {
      const change = changeApplication(id, state, asked.request.body, await this.termsOf(state));
      // Nobody hands a draft over to a clinic for which they could not write it.
      require(asked.caller.actor, 'edit', 'application', placeOfApplication(change.state));
      return change;
    });
  }

  async check({
    request,
    caller,
  }: Asked<typeof checkSubmission>): Promise<EndpointReply<typeof checkSubmission>> {
    const stored = await this.visible(request.params.id, caller);
    const faults = readinessFaults(stored.state, await this.termsOf(stored.state));
    return {
      // The gateway writes the errors, in the caller's language.
      body: { ready: faults.length === 0, errors: [] },
      faults,
      revision: stored.revision,
    };
  }

  signOff(asked: Asked<typeof signOffApplication>): Promise<ApplicationReply> {
    return this.command(signOffApplication, 'sign-off', asked, ({ id, state, revision }, context) =>
      signOff(id, state, asked.caller.actor.id, context.time, revision),
    );
  }

  async submit({ request, caller }: Asked<typeof submitApplication>): Promise<ApplicationReply> {
    let context: WriteContext | undefined;
    const outcome = await this.applications.change(request.params.id, {
      ...ifMatchOf(request),
      authorize: (stored) => {
        context = this.authorize(submitApplication, 'submission', request, caller, stored);
        return context;
      },
      decide: async (stored) => {
        const now = this.clock.now();
        const terms = await this.termsOf(stored.state);
        return submit(stored.id, stored.state, terms, caller.actor.id, now, civilDayAt(now));
      },
    });
    if (!context) throw new Error('nobody was asked for the right to submit');
    const stored = await this.references.give(outcome.stored, context);
    return this.reply({ stored, replayed: outcome.replayed }, caller);
  }

  withdraw(asked: Asked<typeof withdrawApplication>): Promise<ApplicationReply> {
    return this.command(withdrawApplication, 'withdrawal', asked, async ({ id, state }, context) => {
      // First what the application itself says: whoever comes too late is told what is possible now.
      const withdrawn = withdraw(id, state, asked.request.body.reason, context.time);
      const call = await this.calls.find(state.callId);
      const entry = call?.state.ledger.find((each) => each.applicationId === id);
      // Decided, though the application has yet to take its outcome over.
      if (entry && entry.outcome !== 'voided') throw new DomainError('already-decided');
      return withdrawn;
    });
  }

  declareConflict(asked: Asked<typeof declareConflictContract>): Promise<ApplicationReply> {
    const { reason } = asked.request.body;
    return this.command(declareConflictContract, 'conflict-declaration', asked, ({ id, state }, context) =>
      declareConflict(id, state, asked.caller.actor.id, reason, context.time),
    );
  }

  accept(asked: Asked<typeof acceptGrant>): Promise<ApplicationReply> {
    return this.command(acceptGrant, 'acceptance', asked, ({ id, state }, context) =>
      answerGrant(id, state, asked.request.body, context.time),
    );
  }

  async assess({
    request,
    caller,
  }: Asked<typeof assessApplication>): Promise<EndpointReply<typeof assessApplication>> {
    const { actor } = caller;
    const { stored, replayed } = await this.applications.change(request.params.id, {
      ...ifMatchOf(request),
      authorize: (current) => this.authorize(assessApplication, 'assessments', request, caller, current),
      decide: async ({ id, state }) =>
        assess(
          id,
          state,
          await this.termsOf(state),
          actor,
          request.body,
          derivedId('assessment', id, actor.id),
          this.clock.now(),
        ),
    });
    const assessment = stored.state.assessments.find((each) => each.assessor === actor.id);
    if (!assessment) throw new DomainError('not-found');
    return {
      body: toAssessmentView(stored.id, assessment),
      revision: stored.revision,
      ...(replayed && { replayed: true as const }),
    };
  }

  async assessments({
    request,
    caller,
  }: Asked<typeof listAssessments>): Promise<EndpointReply<typeof listAssessments>> {
    const stored = await this.visible(request.params.id, caller);
    const place = placeOfApplication(stored.state);
    const { limit, page } = request.query;
    let all = stored.state.assessments;
    if (!may(caller.actor, 'read', 'assessment', place)) {
      // Who may assess sees what others gave only after having given their own, so as not to be led by it.
      require(caller.actor, 'assessments', 'application', place);
      all = [];
    }
    return {
      body: {
        items: all.slice((page - 1) * limit, page * limit).map((each) => toAssessmentView(stored.id, each)),
        page: { number: page, limit, total: all.length },
      },
    };
  }

  /** Each application's own reads share round trips with the others'. */
  async notices({ request }: AskedRpc<typeof applicationNotices>) {
    const found = await Promise.all(request.ids.map((id) => this.applications.find(id)));
    const stored = found.filter((each) => each !== null);
    return { notices: await Promise.all(stored.map((each) => this.noticeOf(each))) };
  }

  private async noticeOf(stored: Stored<Application>) {
    const { state } = stored;
    const call = await this.termsOf(state);
    const view = toApplicationView(stored, { id: '', kind: 'service', assignments: [], employers: [] });
    return {
      id: stored.id,
      reference: state.reference,
      state: state.state,
      title: state.title ?? null,
      region: state.region,
      rcc: state.rcc,
      unit: state.unit ?? null,
      contact: state.contact ?? null,
      signedBy: state.signedOff?.by ?? null,
      submittedAt: view.submittedAt,
      requested: toMoney(state.requested),
      callId: state.callId,
      callTitle: call.title,
      reporting: call.reporting.map(({ kind, dueOn }) => ({ kind, dueOn })),
      decision: view.decision,
      acceptBy:
        state.decision?.outcome === 'granted' ? addDays(state.decision.decidedOn, call.acceptanceDays) : null,
    };
  }

  /** The call's closing day was moved: the deadlines of its drafts follow. Idempotent by the deadline's version. */
  async followExtension(callId: string): Promise<void> {
    const call = await this.calls.find(callId);
    if (!call) throw new DomainError('not-found');
    const context = {
      actor: { id: 'service:applications', kind: 'service' as const },
      command: 'applications.followExtension',
    };
    for (const { id } of await this.applications.ofCall(callId, ['draft'])) {
      await this.applications.change(id, {
        authorize: () => ({ ...context, time: this.clock.now() }),
        decide: (stored) => followExtension(id, stored.state, call.state),
      });
    }
  }

  /** An application that the caller may know of. Errors: `not-found`. */
  async visible(id: string, caller: Caller): Promise<Stored<Application>> {
    const stored = await this.applications.find(id);
    if (!stored) throw new DomainError('not-found');
    requireVisible(caller.actor, 'application', placeOfApplication(stored.state));
    return stored;
  }

  private async termsOf(application: Application): Promise<CallTerms> {
    const terms = await this.calls.terms(application.callId);
    if (!terms) throw new Error(`application without its call ${application.callId}`);
    return terms;
  }

  private authorize(
    contract: Endpoint,
    command: Command,
    request: Pick<EndpointRequest, 'idempotency'>,
    caller: Caller,
    stored: Stored<Application>,
  ): WriteContext {
    const place = placeOfApplication(stored.state);
    requireVisible(caller.actor, 'application', place);
    return writeContext(
      contract,
      request,
      caller,
      require(caller.actor, command, 'application', place),
      this.clock,
    );
  }

  private async command<E extends ApplicationEndpoint>(
    contract: E,
    command: Command,
    { request, caller }: Asked<E>,
    decide: (
      stored: Stored<Application>,
      context: WriteContext,
    ) => Change<Application> | Promise<Change<Application>>,
  ): Promise<ApplicationReply> {
    const outcome = await this.applications.change((request.params as { id: string }).id, {
      ...ifMatchOf(request),
      authorize: (stored) => this.authorize(contract, command, request, caller, stored),
      decide: (stored, context) => decide(stored, context),
    });
    return this.reply(outcome, caller);
  }

  private reply(result: Stored<Application> | Outcome<Application>, caller: Caller): ApplicationReply {
    const stored = 'stored' in result ? result.stored : result;
    return {
      body: toApplicationView(stored, caller.actor),
      revision: stored.revision,
      ...('stored' in result && result.replayed && { replayed: true as const }),
    };
  }
}

function ifMatchOf(request: Pick<EndpointRequest, 'ifMatch'>): { ifMatch?: number } {
  return request.ifMatch === undefined ? {} : { ifMatch: request.ifMatch };
}
