import { describe, expect, it } from '@jest/globals';
import { type Assessment } from '../application/application-record.ts';
import { rank, scoreOf } from './ranking.ts';

const call = {
  criteria: [
    { id: 'nytta', title: 'Nytta', scale: { min: 1, max: 5 }, weight: 2 },
    { id: 'genomforbarhet', title: 'Genomförbarhet', scale: { min: 0, max: 10 }, weight: 1 },
  ],
};

function assessment(scores: Record<string, number>, recommendedAmount: number | null = null): Assessment {
  return {
    id: 's',
    assessor: 'b',
    scores: Object.entries(scores).map(([criterion, score]) => ({ criterion, score, reason: '' })),
    recommendation: 'grant',
    recommendedAmount,
    comment: null,
    assessedAt: new Date(0),
    version: 1,
  };
}

describe('the ranking', () => {
  it('weighs each criterion as a share of its own scale', () => {
    // (2 · 3/4 + 1 · 5/10) / 3 = 66.7 %
    expect(scoreOf({ assessments: [assessment({ nytta: 4, genomforbarhet: 5 })] }, call)).toBe(66.7);
    expect(
      scoreOf(
        {
          assessments: [
            assessment({ nytta: 5, genomforbarhet: 10 }),
            assessment({ nytta: 1, genomforbarhet: 0 }),
          ],
        },
        call,
      ),
    ).toBe(50);
  });

  it('gives no score before anyone assessed, nor without criteria', () => {
    expect(scoreOf({ assessments: [] }, call)).toBeNull();
    expect(scoreOf({ assessments: [assessment({})] }, { criteria: [] })).toBeNull();
  });

  it('puts the best first, equal ones in order of arrival, unassessed ones last', () => {
    const at = (time: number, assessments: Assessment[]) =>
      ({ submittedAt: new Date(time), assessments }) as never;
    const high = [
      assessment({ nytta: 5, genomforbarhet: 10 }, 101),
      assessment({ nytta: 5, genomforbarhet: 10 }, 100),
    ];
    const ranked = rank(
      [
        { id: 'none', state: at(1, []) },
        { id: 'late', state: at(3, high) },
        { id: 'early', state: at(2, high) },
        { id: 'low', state: at(0, [assessment({ nytta: 1, genomforbarhet: 1 })]) },
      ],
      call as never,
    );
    expect(ranked.map(({ id }) => id)).toEqual(['early', 'late', 'low', 'none']);
    expect(ranked[0]?.recommendedAmount).toBe(100);
  });
});
