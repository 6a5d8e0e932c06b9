/** `application/json`, with no charset but UTF-8 (RFC 8259 knows no other). */
export function isJson(contentType: string | undefined): boolean {
  return isType(contentType, 'application/json');
}

export function isForm(contentType: string | undefined): boolean {
  return isType(contentType, 'application/x-www-form-urlencoded');
}

function isType(contentType: string | undefined, wanted: string): boolean {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  return (
    type === wanted &&
    parameters.every(
      (parameter) => !parameter.startsWith('charset=') || /^charset="?utf-?8"?$/.test(parameter),
    )
  );
}
