import { type Narrator } from './narrator.ts';

const kronor = (amount: string) => ({ amount, currency: 'SEK' });

/** From requisition to payment of an accepted grant of 150 000 kronor: never by one person alone. */
export async function paymentStory(tell: Narrator, applicationId: string, run: string): Promise<void> {
  const path = `/applications/${applicationId}`;
  const requisitions = `${path}/requisitions`;
  const region = 'region-kalmar-system';
  await tell.ask(region, 'POST', requisitions, 409, { amount: kronor('150000.01') });
  const requisition = { amount: kronor('60000.00'), note: 'Lön för första halvåret' };
  const key = `${run}-rekvisition`;
  const asked = await tell.ask(region, 'POST', requisitions, 201, requisition, { key });
  const payment = { requisitionId: asked.body.id, coding: 'Konto 4510, kostnadsställe 7120' };
  const prepared = await tell.ask('ekonom-sydost', 'POST', `${path}/payments`, 201, payment);
  const attestation = `${path}/payments/${prepared.body.id}/attestation`;
  await tell.ask('ekonom-sydost', 'POST', attestation, 403, { outcome: 'attested' });
  const attested = await tell.ask('ekonom-sydost-2', 'POST', attestation, 200, { outcome: 'attested' });
  const { by, paidOn } = attested.body.attestation as { by: string; paidOn: string };
  tell.say(`förberedd av ${attested.body.preparedBy}, attesterad av ${by}, betalas ${paidOn}`);
  await tell.ask(region, 'GET', path, 200);
}
