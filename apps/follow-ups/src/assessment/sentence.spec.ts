import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ObservationValue, Target } from '#libs/contracts';
import { assess } from './assess.ts';
import { sentence } from './sentence.ts';

const over90: Target = { operator: '>', value: 90, unit: 'percent' };
const aboutFive: Target = { operator: 'about', value: 5, unit: 'perYear' };
const of = (numerator: number, denominator: number) => ({ numerator, denominator });

describe('the sentence of an assessment', () => {
  test.each<[ObservationValue | null, Target | null, string, string]>([
    [
      of(23, 25),
      over90,
      '23 av 25 (92,0 %; 95 % konfidensintervall 75,0–97,8 %): målet >90 % är nått, men osäkert – intervallet går över gränsen.',
      '23 of 25 (92.0%; 95% confidence interval 75.0–97.8%): the target >90% is met, but uncertain – the interval crosses the bound.',
    ],
    [
      of(35, 35),
      over90,
      '35 av 35 (100,0 %; 95 % konfidensintervall 90,1–100,0 %): målet >90 % är nått – hela intervallet ligger på rätt sida om gränsen.',
      '35 of 35 (100.0%; 95% confidence interval 90.1–100.0%): the target >90% is met – the whole interval is on the right side of the bound.',
    ],
    [
      of(22, 25),
      { operator: '>=', value: 92.5, unit: 'percent' },
      '22 av 25 (88,0 %; 95 % konfidensintervall 70,0–95,8 %): det går inte att avgöra om målet ≥92,5 % är nått – värdet ligger på fel sida om gränsen, men intervallet går över den.',
      '22 of 25 (88.0%; 95% confidence interval 70.0–95.8%): whether the target ≥92.5% is met cannot be determined – the value is on the wrong side of the bound, but the interval crosses it.',
    ],
    [
      of(10, 25),
      over90,
      '10 av 25 (40,0 %; 95 % konfidensintervall 23,4–59,3 %): målet >90 % är inte nått – hela intervallet ligger på fel sida om gränsen.',
      '10 of 25 (40.0%; 95% confidence interval 23.4–59.3%): the target >90% is not met – the whole interval is on the wrong side of the bound.',
    ],
    [
      of(0, 0),
      over90,
      '0 av 0: det går inte att avgöra om målet >90 % är nått – det fanns ingen att räkna.',
      '0 of 0: whether the target >90% is met cannot be determined – there was nobody to count.',
    ],
    [
      of(23, 25),
      null,
      '23 av 25 (92,0 %; 95 % konfidensintervall 75,0–97,8 %): inget målvärde är satt.',
      '23 of 25 (92.0%; 95% confidence interval 75.0–97.8%): no target value is set.',
    ],
    [
      { count: 4 },
      aboutFive,
      'Antal 4: målet ca 5 per år (4–6) är nått.',
      'Count 4: the target about 5 per year (4–6) is met.',
    ],
    [
      { count: 3 },
      { ...aboutFive, tolerance: 1.5 },
      'Antal 3: målet ca 5 per år (3,5–6,5) är inte nått.',
      'Count 3: the target about 5 per year (3.5–6.5) is not met.',
    ],
    [
      { count: 3 },
      over90,
      'Antal 3: det går inte att avgöra om målet >90 % är nått – värdet och målet mäts inte på samma sätt.',
      'Count 3: whether the target >90% is met cannot be determined – the value and the target are not measured in the same way.',
    ],
    [
      { level: 21.5 },
      { operator: '<=', value: 23, unit: 'days' },
      'Värde 21,5 dagar: målet ≤23 dagar är nått.',
      'Value 21.5 days: the target ≤23 days is met.',
    ],
    [{ level: 21.5 }, null, 'Värde 21,5: inget målvärde är satt.', 'Value 21.5: no target value is set.'],
    [
      { yesNo: false },
      { operator: '=', value: 100, unit: 'percent' },
      'Nej: målet =100 % är inte nått.',
      'No: the target =100% is not met.',
    ],
    [null, over90, 'Inget värde: ingenting har rapporterats.', 'No value: nothing has been reported.'],
    [
      { state: 'missing', reason: 'x' },
      over90,
      'Inget värde: uppgiften saknas.',
      'No value: the figure is missing.',
    ],
    [
      { state: 'notApplicable', reason: 'x' },
      null,
      'Inget värde: måttet är inte tillämpligt här.',
      'No value: the measure does not apply here.',
    ],
    [
      { state: 'suppressed', reason: 'x' },
      over90,
      'Inget värde visas: uppgiften är dold för att skydda enskilda.',
      'No value is shown: the figure is hidden to protect individuals.',
    ],
    [
      { state: 'notDue', reason: 'x' },
      over90,
      'Inget värde: mätningen ska inte vara gjord än.',
      'No value: the measurement is not due yet.',
    ],
    [
      { state: 'waived', reason: 'x' },
      over90,
      'Inget värde: mätningen har efterskänkts genom beslut.',
      'No value: the measurement has been waived by decision.',
    ],
  ])('%j against %j', (value, target, swedish, english) => {
    const assessment = assess(value, target);
    expect(sentence(assessment, 'sv')).toBe(swedish);
    expect(sentence(assessment, 'en')).toBe(english);
  });

  test('a count of another period says what it is per year', () => {
    const assessment = assess({ count: 1 }, aboutFive, { months: 4 });
    expect(sentence(assessment, 'sv')).toBe(
      'Antal 1, vilket motsvarar 3 per år: målet ca 5 per år (4–6) är inte nått.',
    );
  });

  test('a share shown with more decimals to stand clear of the target keeps them', () => {
    const assessment = assess(of(17_999, 20_000), { operator: '>=', value: 90, unit: 'percent' });
    expect(sentence(assessment, 'sv')).toContain('(89,995 %;');
  });

  test('numbers are written out in digits, however small', () => {
    const level = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((x) => Math.abs(x) > 1e-80);
    fc.assert(
      fc.property(level, (value) => {
        const [, written = ''] =
          /^Value (-?\d+(?:\.\d+)?): /.exec(sentence(assess({ level: value }, null), 'en')) ?? [];
        expect(Number(written)).toBe(value);
      }),
    );
    const hardlyAny = assess(of(1, 100_000_000), { operator: '>', value: 0, unit: 'percent' });
    expect(sentence(hardlyAny, 'sv')).toMatch(/^1 av 100000000 \(0,000001 %; .* 0,0000002–0,00001 %\)/);
  });
});
