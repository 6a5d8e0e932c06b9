import { type Language } from '#libs/contracts';

/**
 * Swedish, unless the caller's Accept-Language (RFC 9110, 12.5.4) likes English better. A language that
 * is not named counts as less liked than one that is; at a tie Swedish, the language of the data.
 */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  if (acceptLanguage === undefined) return 'sv';
  const liked: Record<Language, number> = { sv: 0, en: 0 };
  for (const range of acceptLanguage.split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = tag.split('-')[0];
    if (language !== 'sv' && language !== 'en') continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const value = quality === undefined ? 1 : Number(quality.slice(2));
    liked[language] = Math.max(liked[language], Number.isFinite(value) ? value : 0);
  }
  return liked.en > liked.sv ? 'en' : 'sv';
}
