import { eventually } from '#libs/testing';
import { type Operation } from './description.ts';
import { poisonedDay, unrecordedRegions } from './imperfections.ts';
import { type Made, type Things } from './things.ts';

/**
 * What an operation needs to succeed: things in the right state, by the names of the fields that hold their ids.
 * `id` is the thing in the path, `etag` its revision.
 */
export type Scene = Readonly<Record<string, string>>;

// A machine may have much else to do, and what is relayed comes after what is asked.
const boundMs = 120_000;

type SceneMaker = (things: Things) => Promise<Scene>;

const withRequisition: SceneMaker = async (things) => {
  const { revision, ...ids } = await things.requisition();
  return { ...ids, etag: revision };
};

const sceneOf = ({ id, revision }: Made): Scene => ({ id, etag: revision });
const of = (make: (things: Things) => Promise<Made>): SceneMaker => {
  return async (things) => sceneOf(await make(things));
};

/** By operation; what is not here changes nothing, or makes something new of nothing. */
const makers: Readonly<Record<string, SceneMaker>> = {
  'PATCH /api-clients/{id}': of((things) => things.apiClient()),
  'POST /api-clients/{id}/ending': of((things) => things.apiClient()),
  'POST /api-clients/{id}/keys': of((things) => things.apiClient()),
  'POST /api-clients/{id}/keys/{kid}/ending': async (things) => {
    const { id } = await things.apiClient();
    const { revision, kid } = await things.key(id);
    return { id, etag: revision, kid };
  },
  'POST /applications': async (things) => ({ callId: (await things.publishedCall()).id }),
  'PATCH /applications/{id}': of((things) => things.draftApplication()),
  'POST /applications/{id}/sign-off': of((things) => things.draftApplication()),
  'POST /applications/{id}/submission': of((things) => things.draftApplication()),
  'POST /applications/{id}/withdrawal': of((things) => things.draftApplication()),
  'POST /applications/{id}/assessments': of((things) => things.submittedApplication()),
  'POST /applications/{id}/conflict-declaration': of((things) => things.submittedApplication()),
  'POST /applications/{id}/acceptance': of((things) => things.grantedApplication()),
  'POST /applications/{id}/requisitions': of((things) => things.acceptedApplication()),
  'POST /applications/{id}/requisitions/{requisitionId}/withdrawal': withRequisition,
  'POST /applications/{id}/requisitions/{requisitionId}/rejection': withRequisition,
  'POST /applications/{id}/payments': withRequisition,
  'POST /applications/{id}/payments/{paymentId}/attestation': async (things) => {
    const { revision, ...ids } = await things.payment();
    return { ...ids, etag: revision };
  },
  'PATCH /calls/{id}': of((things) => things.draftCall()),
  'POST /calls/{id}/publication': of((things) => things.draftCall()),
  'POST /calls/{id}/closing-extension': of((things) => things.publishedCall()),
  'POST /calls/{id}/closure': of((things) => things.publishedCall()),
  'POST /calls/{id}/decisions': async (things) => {
    const call = await things.publishedCall();
    const [one, other] = [
      await things.submittedApplication(call.id),
      await things.submittedApplication(call.id),
    ];
    return { ...sceneOf(call), applicationId: one.id, otherApplicationId: other.id };
  },
  'POST /measures': (things) => things.plan(),
  'POST /observations': async (things) => ({ measureId: (await things.measure()).id }),
  'POST /observations/{id}/correction': async (things) => {
    const { id: measureId } = await things.measure();
    return { ...sceneOf(await things.observation(measureId)), measureId };
  },
  'PATCH /organisations/{id}': of((things) => things.read('administrator', '/organisations/region-gotland')),
  'PATCH /people/{id}': of((things) => things.person()),
  'POST /role-assignments': async (things) => ({ personId: (await things.person()).id }),
  'PATCH /role-assignments/{id}': of((things) => things.role()),
  'POST /role-assignments/{id}/ending': of((things) => things.role()),
  'PATCH /thinning-rules/{id}': of((things) => things.thinningRule()),
  'POST /thinning-rules/{id}/dry-runs': of((things) => things.thinningRule()),
  'POST /thinning-rules/{id}/runs': of((things) => things.thinningRule()),
};

/** Hands out what operations need, made when it is wanted, each to one request until that has left it as it was. */
export class Scenes {
  private readonly unused = new Map<string, Scene[]>();
  /** Dead letters that have been handed out. */
  private readonly letters = new Set<string>();
  private letterBefore: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly things: Things,
    private readonly sealed: { readonly sizes: readonly number[]; readonly callId: string },
    private readonly regions: string[] = [...unrecordedRegions],
  ) {}

  /** Undefined: the operation needs none, or none can be made any more. */
  async for(operation: Operation): Promise<Scene | undefined> {
    const left = this.unused.get(operation.name)?.pop();
    return left ?? (await this.make(operation.name));
  }

  /** After a request that has changed nothing. */
  giveBack(operation: Operation, scene: Scene): void {
    this.unused.set(operation.name, [...(this.unused.get(operation.name) ?? []), scene]);
  }

  private async make(name: string): Promise<Scene | undefined> {
    const { sizes, callId } = this.sealed;
    const size = (index: number): string => String(sizes.at(index));
    switch (name) {
      case 'GET /audit':
        return { resource: 'call', id: callId };
      case 'GET /audit/roots/{treeSize}':
        return { treeSize: size(0) };
      case 'GET /audit/consistency-proofs':
        return { from: size(0), to: size(-1) };
      case 'GET /audit/inclusion-proofs':
        return { service: 'applications', aggregate: callId, seq: '1' };
      case 'POST /organisations': {
        const code = this.regions.pop();
        return code === undefined ? undefined : { code };
      }
      case 'POST /dead-letters/applications/{id}/replay':
        return { id: await this.waitingLetter('applications') };
      case 'POST /dead-letters/notifications/{id}/replay':
        return { id: await this.waitingLetter('notifications') };
      default:
        return makers[name]?.(this.things);
    }
  }

  /** One request after the other: else one takes what another has had made, which then waits in vain. */
  private waitingLetter(service: string): Promise<string> {
    const letter = this.letterBefore.then(() => this.nextLetter(service));
    this.letterBefore = letter.catch(() => undefined);
    return letter;
  }

  private async nextLetter(service: string): Promise<string> {
    const take = async (): Promise<string | undefined> => {
      const found = (await this.things.waitingLetters(service)).find((id) => !this.letters.has(id));
      if (found !== undefined) this.letters.add(found);
      return found;
    };
    const there = await take();
    if (there !== undefined) return there;
    await this.things.poison(poisonedDay);
    return eventually(take, boundMs);
  }
}
