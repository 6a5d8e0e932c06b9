import { expect, test } from '@jest/globals';
import { DomainError, exportPage, type Actor, type exportAudit } from '#libs/contracts';
import { type BusClient } from '#libs/messaging';
import { type Input } from '../http/input.ts';
import { AuditExport } from './audit-export.ts';

const auditor: Actor = { id: 'per', kind: 'person', assignments: [{ role: 'auditor' }], employers: [] };

/** Services that give one page after another to whoever still is auditor. */
function services(pages: number) {
  let isAuditor = true;
  const answer = (contract: unknown, { after }: { after: string | null }, { actor }: { actor: Actor }) => {
    if (contract !== exportPage) return { actor: isAuditor ? auditor : { ...auditor, assignments: [] } };
    if (actor.assignments.length === 0) throw new DomainError('forbidden');
    const next = Number(after ?? 0) + 1;
    return { lines: [`${next}\n`], next: next < pages ? String(next) : null };
  };
  const bus = {
    ask: (...asked: Parameters<typeof answer>) => Promise.resolve().then(() => answer(...asked)),
  };
  return { bus: bus as unknown as BusClient, end: () => (isAuditor = false) };
}

const input = { request: { query: {} }, actor: auditor } as unknown as Input<typeof exportAudit>;

test('an export comes page by page to its end', async () => {
  const file = await new AuditExport(services(3).bus).open(input);
  expect((await file.getStream().toArray()).map(String).join('')).toBe('1\n2\n3\n');
});

test('a role that ends while the export is under way ends the export', async () => {
  const { bus, end } = services(1000);
  const stream = (await new AuditExport(bus).open(input)).getStream();
  const received: string[] = [];
  const reading = (async () => {
    for await (const chunk of stream) {
      received.push(String(chunk));
      if (received.length === 3) end();
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'forbidden' });
  expect(received.length).toBeLessThan(10);
});
