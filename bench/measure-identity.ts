import { join } from 'node:path';
import { checkout } from '#libs/embedded';
import { startTestProduct } from '#libs/testing';
import { measureSubmissions, type SubmissionFigures } from './measure-product.ts';

export interface IdentityFigures {
  readonly with: SubmissionFigures;
  readonly without: SubmissionFigures;
}

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
 * Submissions through products that only differ in this: whether messages are signed and verified, rights are
 * asked and limits counted. Both kinds twice, in an order in which a drift of the machine cancels out.
 */
export async function measureIdentity(count: number): Promise<IdentityFigures> {
  const one = (isOn: boolean): Promise<SubmissionFigures> => measureOnce(isOn, count);
  const first = await one(true);
  const second = [await one(false), await one(false)] as const;
  const last = await one(true);
  return { with: mean(first, last), without: mean(...second) };
}

async function measureOnce(isOn: boolean, count: number): Promise<SubmissionFigures> {
  const product = await startTestProduct({
    env: { LOG_LEVEL: 'warn', ...(isOn && { RATE_LIMITS: limits }) },
    nodeArgs: isOn ? [] : ['--import', withoutIdentity],
  });
  try {
    return await measureSubmissions(product, count);
  } finally {
    await product.stop();
  }
}

function mean(one: SubmissionFigures, other: SubmissionFigures): SubmissionFigures {
  return {
    // Of times, not of rates: both have done the same number.
    perSecond: 2 / (1 / one.perSecond + 1 / other.perSecond),
    cpu: (one.cpu + other.cpu) / 2,
  };
}
