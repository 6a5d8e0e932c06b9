import { expect, test } from '@jest/globals';
import { firstAdministrator } from './first-administrator.service.ts';

test('the first administrator is named by subject, name and address', () => {
  const siv = { subject: 'siv', name: 'Siv Alm', email: 'siv.alm@region.example' };
  expect(firstAdministrator.parse(JSON.stringify(siv))).toEqual(siv);
  for (const text of [
    'siv',
    '{}',
    '"siv"',
    JSON.stringify({ ...siv, email: 'siv' }),
    JSON.stringify({ ...siv, role: 'auditor' }),
  ]) {
    expect(firstAdministrator.safeParse(text).success).toBe(false);
  }
});
