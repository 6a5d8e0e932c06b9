import { describe, expect, test } from '@jest/globals';
import { readDueDay, readTargetLevel } from './goal-readings.ts';

describe('a target level that is nothing but a bound is read', () => {
  test.each([
    ['>90%', '>', 90, 'percent'],
    ['> 90 %', '>', 90, 'percent'],
    ['>90% (vissa benigna tumörer kan komma att undantas)', '>', 90, 'percent'],
    ['≥ 80 %', '>=', 80, 'percent'],
    ['Minst 80 procent.', '>=', 80, 'percent'],
    ['<= 2,5 %', '<=', 2.5, 'percent'],
    ['Registrera ca 5/år', 'about', 5, 'perYear'],
    ['cirka 12 per år', 'about', 12, 'perYear'],
    ['minst 4 ggr/år', '>=', 4, 'perYear'],
    ['inom 17 dagar', '<=', 17, 'days'],
  ])('%j', (text, operator, value, unit) => {
    expect(readTargetLevel(text)).toEqual({ operator, value, unit });
  });
});

describe('a figure whose meaning is not certain is not read', () => {
  test.each([
    '90%',
    '>90% (>80% för tonåringar)',
    '> 80 % inom 17 dagar',
    '>900%',
    'Öka med >10%',
    'Öka ca 5/år',
    'inte > 5 %',
    '5/år',
    'median 23 dagar',
    'Förbättrad rehabilitering',
    '',
  ])('%j', (text) => {
    expect(readTargetLevel(text)).toBeUndefined();
  });
});

test('the day of a due text is the last that it names', () => {
  expect(readDueDay('2024')).toBe('2024-12-31');
  expect(readDueDay('2024-2026')).toBe('2026-12-31');
  expect(readDueDay('21 mars 2025')).toBe('2025-03-21');
  expect(readDueDay('2022; 2023')).toBeNull();
});
