import { join } from 'node:path';
import { checkout } from '#libs/embedded';
import { startTestProduct } from '#libs/testing';
import { prepareSubmissions, totalCpu } from './measure-product.ts';

/** Of one kind of product. */
export interface SubmissionFigures {
  /** Of each turn. */
  readonly perSecond: readonly number[];
  /** Milliseconds of processor time per submission, of all processes, with all that follows from it. */
  readonly cpu: number;
}

export interface IdentityFigures {
  readonly with: SubmissionFigures;
  readonly without: SubmissionFigures;
}

const perTurn = 200;
const withoutIdentity = join(checkout, 'dist', 'bench', 'without-identity.js');
// Far above what one client can do, but counted.
const limits = JSON.stringify(
  Object.fromEntries(
    ['client', 'tenant'].map((whose) => [
      whose,
      { read: '1000000/10', write: '1000000/10', heavy: '1000000/10' },
    ]),
  ),
);

/**
 * Submissions through two products that only differ in this: whether messages are signed and verified, rights are
 * asked and limits counted. Both run all the time and are asked in turn, in an order in which a drift of the machine
 * cancels out: from one minute to the next it is larger than what is looked for.
 */
export async function measureIdentity(turns: number): Promise<IdentityFigures> {
  const products = await Promise.all([true, false].map(startOne));
  try {
    const sides = [];
    for (const product of products)
      sides.push({
        product,
        perSecond: [] as number[],
        ...(await prepareSubmissions(product, turns * perTurn)),
      });
    const begun = performance.now();
    const before = products.map(totalCpu);
    for (let turn = 0; turn < turns; turn += 1)
      for (const side of turn % 2 === 0 ? sides : sides.toReversed())
        side.perSecond.push(await side.make(perTurn));
    const seconds = (performance.now() - begun) / 1000;
    const [on, off] = sides.map(({ product, perSecond, idleCpu }, index) => {
      const used = totalCpu(product) - (before[index] ?? 0) - idleCpu * seconds;
      return { perSecond, cpu: used / (turns * perTurn) };
    });
    if (!on || !off) throw new Error('two products were to be measured');
    return { with: on, without: off };
  } finally {
    for (const product of products) await product.stop();
  }
}

function startOne(isOn: boolean): ReturnType<typeof startTestProduct> {
  return startTestProduct({
    env: { LOG_LEVEL: 'warn', ...(isOn && { RATE_LIMITS: limits }) },
    nodeArgs: isOn ? [] : ['--import', withoutIdentity],
  });
}
