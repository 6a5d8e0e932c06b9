import { mongoError } from '../errors.ts';
import { fromLocal, parseOffset } from './time-zone.ts';

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Reads an ISO 8601 date or date-time; without an offset it is taken in the given zone, UTC when
 * none is given. MongoDB takes more forms; they are refused here.
 *
 * @throws MongoError 241 when the text is no such date
 */
export function parseDateText(text: string, zone = 'UTC'): Date {
  const match = isoPattern.exec(text);
  const fields = match?.slice(1, 8).map((part) => Number(part ?? 0));
  if (match && fields) {
    const [year, month, day, hour, minute, second] = fields as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const millisecond = Number((match[7] ?? '').padEnd(3, '0'));
    const local = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
    const back = new Date(local);
    const real =
      back.getUTCMonth() === month - 1 &&
      back.getUTCDate() === day &&
      hour < 24 &&
      minute < 60 &&
      second < 60;
    if (real && year >= 100) {
      const offset = match[8];
      if (offset === undefined) return new Date(fromLocal(local, zone));
      return new Date(local - (offset === 'Z' ? 0 : parseOffset(offset)!));
    }
  }
  throw mongoError(
    241,
    `Error parsing date string '${text}'; only ISO 8601 dates are supported by dev-mongo`,
  );
}
