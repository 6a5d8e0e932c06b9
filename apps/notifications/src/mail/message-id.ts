/** Domain of the address in `Insats <insats@region.example>`. */
function domainOf(sender: string): string {
  return /@([^@\s>]+)>?\s*$/.exec(sender)?.[1] ?? 'localhost';
}

/** Message-ID (RFC 5322 3.6.4) of a ledger row, the same at every attempt. */
export function messageIdOf(mailId: string, sender: string): string {
  return `<${mailId}@${domainOf(sender)}>`;
}
