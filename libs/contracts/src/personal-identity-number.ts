// What people put between the parts: nothing, space, hyphen, dash, plus (for those over a hundred), point, also
// as in "811228 - 9874"; and what word processors put there unseen: soft hyphens and spaces without width.
const separator = String.raw`[\s.+\-\u00ad\u200b-\u200d\u2010-\u2015\u2060\u2212/]{0,4}`;
const parts = [String.raw`(\d{2})`, String.raw`(\d{2})`, String.raw`(\d{2})`, String.raw`(\d{4})`].join(
  separator,
);
// Looked for at every place where digits begin: one number may stand right after another.
const candidates = [
  new RegExp(String.raw`(?<!\d)(?=${parts}(?!\d))`, 'g'),
  new RegExp(String.raw`(?<!\d)(?=(?:18|19|20)${separator}${parts}(?!\d))`, 'g'),
];

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** With a two-digit year the century is unknown, so the 29th of February needs a year that any century has. */
function isDate(year: number, month: number, day: number): boolean {
  if (day < 1 || day > (daysOfMonth[month - 1] ?? 0)) return false;
  return month !== 2 || day !== 29 || year % 4 === 0;
}

/** Luhn's check digit over the ten digits (SKV 704). */
function isChecked(digits: string): boolean {
  let sum = 0;
  for (const [index, character] of [...digits].entries()) {
    const product = Number(character) * (index % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}

/**
 * Does the text hold what looks like a Swedish personal identity number (folkbokföringslagen 1991:481,
 * 18 §) or co-ordination number (day plus 60): ten or twelve digits, with or without separators, with a
 * right date and check digit? No patient data may ever come in.
 */
export function holdsPersonalIdentityNumber(text: string): boolean {
  // Full-width and other digits are written out as plain ones.
  const plain = text.normalize('NFKC');
  return candidates.some((candidate) =>
    [...plain.matchAll(candidate)].some(([, year = '', month = '', day = '', number = '']) => {
      const date = Number(day) > 60 ? Number(day) - 60 : Number(day);
      return isDate(Number(year), Number(month), date) && isChecked(year + month + day + number);
    }),
  );
}
