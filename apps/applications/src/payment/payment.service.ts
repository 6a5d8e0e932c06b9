import { Injectable } from '@nestjs/common';
import { require, requireVisible } from '#libs/access';
import { civilDayAt } from '#libs/calendar';
import {
  attestPayment as attestContract,
  DomainError,
  preparePayment as prepareContract,
  rejectRequisition as rejectContract,
  requestPayment as requestContract,
  withdrawRequisition as withdrawContract,
  type Command,
  type Endpoint,
  type EndpointReply,
  type EndpointRequest,
} from '#libs/contracts';
import { type Asked, type Caller } from '#libs/messaging';
import { derivedId, newId, type Change, type Stored, type WriteContext } from '#libs/persistence';
import { Clock } from '#libs/platform';
import { writeContext } from '#libs/service';
import { type Application } from '../application/application-record.ts';
import { ApplicationRepository } from '../application/application.repository.ts';
import { placeOfApplication } from '../application/application.view.ts';
import { paymentsOf, requisitionsOf } from './grant-money.ts';
import { clearanceFor } from './payment.access.ts';
import { attestPayment, preparePayment } from './payment.ts';
import { toPaymentView, toRequisitionView } from './payment.view.ts';
import { rejectRequisition, requestPayment, withdrawRequisition } from './requisition.ts';

/**
 * Requisition, preparation and attestation are each one write on the application, which holds all of its
 * money: whatever comes at the same moment decides anew on what the other one wrote.
 */
@Injectable()
export class PaymentService {
  constructor(
    private readonly applications: ApplicationRepository,
    private readonly clock: Clock,
  ) {}

  async request(asked: Asked<typeof requestContract>): Promise<EndpointReply<typeof requestContract>> {
    const id = idOfNew('requisition', asked);
    const { body } = asked.request;
    const changed = await this.change(requestContract, asked, (stored, { actor, time }) =>
      requestPayment(stored.id, stored.state, id, body, actor.id, time),
    );
    return requisitionReply(changed, id);
  }

  async withdraw(asked: Asked<typeof withdrawContract>): Promise<EndpointReply<typeof withdrawContract>> {
    const { params, body } = asked.request;
    const changed = await this.change(withdrawContract, asked, ({ id, state }) =>
      withdrawRequisition(id, state, params.requisitionId, body.reason),
    );
    return requisitionReply(changed, params.requisitionId);
  }

  async reject(asked: Asked<typeof rejectContract>): Promise<EndpointReply<typeof rejectContract>> {
    const { params, body } = asked.request;
    const changed = await this.change(rejectContract, asked, ({ id, state }) =>
      rejectRequisition(id, state, params.requisitionId, body.reason),
    );
    return requisitionReply(changed, params.requisitionId);
  }

  async prepare(asked: Asked<typeof prepareContract>): Promise<EndpointReply<typeof prepareContract>> {
    const id = idOfNew('payment', asked);
    const { body } = asked.request;
    const changed = await this.change(prepareContract, asked, (stored, { actor, time }) =>
      preparePayment(stored.id, stored.state, id, body, actor.id, time),
    );
    return paymentReply(changed, id);
  }

  async attest(asked: Asked<typeof attestContract>): Promise<EndpointReply<typeof attestContract>> {
    const { params, body } = asked.request;
    const changed = await this.change(
      attestContract,
      asked,
      ({ id, state }, { actor, time }) =>
        attestPayment(id, state, params.paymentId, body, actor.id, time, civilDayAt(time)),
      params.paymentId,
    );
    return paymentReply(changed, params.paymentId);
  }

  private async change<E extends Endpoint>(
    contract: E,
    { request, caller }: Asked<E>,
    decide: (stored: Stored<Application>, context: WriteContext) => Change<Application>,
    paymentId?: string,
  ) {
    const { ifMatch } = request;
    const command = commandOf(contract);
    return this.applications.change((request.params as { id: string }).id, {
      ...(ifMatch !== undefined && { ifMatch }),
      authorize: ({ id, state }) => {
        const place = placeOfApplication(state);
        requireVisible(caller.actor, 'application', place);
        const stamp = require(caller.actor, command, 'application', place);
        const cleared = clearanceFor(command, caller.actor, id, state, paymentId);
        return writeContext(contract, request, caller, stamp, this.clock, cleared);
      },
      decide,
    });
  }
}

function commandOf({ right, name }: Endpoint): Command {
  if (right === 'everybody') throw new Error(`${name} needs no right`);
  return right.command;
}

/** It follows from the caller's key, so that a repeat finds what the first one made. */
function idOfNew(
  what: 'requisition' | 'payment',
  { request, caller }: { request: EndpointRequest; caller: Caller },
): string {
  const { idempotency } = request;
  if (!idempotency) return newId();
  return derivedId(what, (request.params as { id: string }).id, caller.actor.id, idempotency.key);
}

type Changed = Awaited<ReturnType<ApplicationRepository['change']>>;

function requisitionReply({ stored, replayed }: Changed, id: string) {
  const requisition = requisitionsOf(stored.state).find((each) => each.id === id);
  if (!requisition) throw new DomainError('not-found');
  const { revision } = stored;
  return {
    body: toRequisitionView(stored.id, requisition),
    revision,
    ...(replayed && { replayed: true as const }),
  };
}

function paymentReply({ stored, replayed }: Changed, id: string) {
  const payment = paymentsOf(stored.state).find((each) => each.id === id);
  if (!payment) throw new DomainError('not-found');
  const { revision } = stored;
  return { body: toPaymentView(stored.id, payment), revision, ...(replayed && { replayed: true as const }) };
}
