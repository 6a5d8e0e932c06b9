/** Where an export is broken: what is known of the place. */
export interface Place {
  /** From 1; none when it is missing that something stands nowhere. */
  readonly line?: number;
  readonly service?: string;
  readonly aggregate?: { readonly type: string; readonly id: string };
  /** The place in the chain, as it should be numbered. */
  readonly seq?: number;
  readonly eventId?: string;
  /** Index of an entry of the log, from 0. */
  readonly leaf?: number;
  /** Number of leaves of the root. */
  readonly treeSize?: number;
}

type Params = Readonly<Record<string, string | number>>;
type Texts = readonly [sv: string, en: string];

/** What can be wrong, in both languages. */
const texts = {
  'not-an-export': () => [
    'Första raden är inte huvudet på en granskningsexport ("insatsAudit": 1).',
    'The first line is not the header of an audit export ("insatsAudit": 1).',
  ],
  'not-json': () => ['Raden är inte JSON.', 'The line is not JSON.'],
  encoding: () => ['Raden är inte text i UTF-8.', 'The line is not text in UTF-8.'],
  length: () => ['Raden är längre än 64 MiB.', 'The line is longer than 64 MiB.'],
  'unknown-kind': () => ['Raden är av ett okänt slag.', 'The line is of an unknown kind.'],
  form: ({ field }) => [
    `Fältet "${field}" saknas, har fel form eller hör inte hit.`,
    `The field "${field}" is missing, malformed or does not belong here.`,
  ],
  spelling: () => [
    'Raden är inte skriven som exporten skriver den: ett fält står två gånger, eller tecken har lagts till.',
    'The line is not written as the export writes it: a field stands twice, or characters have been added.',
  ],
  order: () => [
    'Raden står på fel plats: händelser och kedjeslut kommer före loggens löv, löven före rötterna.',
    'The line is out of place: events and heads come before the leaves of the log, leaves before roots.',
  ],
  sequence: ({ expected, found }) => [
    `Länk ${expected} väntades men länk ${found} står här: något har tagits bort, lagts till eller flyttats.`,
    `Link ${expected} was expected but link ${found} stands here: something was removed, added or moved.`,
  ],
  previous: () => [
    'Länken fäster inte i den föregående: dess hash är en annan.',
    'The link does not join the one before it, whose hash is another.',
  ],
  hash: () => [
    'Innehållet är ändrat: länkens hash är en annan.',
    "The content was changed: the link's hash is another.",
  ],
  private: () => [
    'Den skyddade delen är ändrad: dess hash är en annan.',
    'The private part was changed: its hash is another.',
  ],
  'document-before': () => [
    'Dokumentet ändrades förbi tjänsten före den här ändringen: det sade något annat än ändringen före hade lämnat.',
    'The document was changed past the service before this change: it said something else than the change before had left.',
  ],
  document: () => [
    'Dokumentet är ändrat förbi tjänsten: det säger något annat än den senaste ändringen lämnade.',
    'The document was changed past the service: it says something else than the last change left.',
  ],
  'head-missing': () => [
    'Kedjan saknar kedjeslut: det kan inte visas att den är hel.',
    'The chain has no head: it cannot be shown to be whole.',
  ],
  'head-twice': () => ['Kedjan har två kedjeslut.', 'The chain has two heads.'],
  'cut-off': ({ head }) => [
    `Kedjan är avkapad: den ska gå till länk ${head}.`,
    `The chain is cut off: it goes to link ${head}.`,
  ],
  'too-long': ({ head }) => [
    `Kedjan är längre än dess kedjeslut, som är länk ${head}.`,
    `The chain is longer than its head, which is link ${head}.`,
  ],
  'head-hash': () => [
    'Kedjan slutar i en annan länk än kedjeslutet säger.',
    'The chain ends in another link than its head says.',
  ],
  'leaf-index': ({ expected }) => [
    `Löv ${expected} väntades: löv i loggen har tagits bort, lagts till eller flyttats.`,
    `Leaf ${expected} was expected: leaves of the log were removed, added or moved.`,
  ],
  'leaf-link': () => [
    'Loggen har en länk som kedjan saknar: kedjan är avkapad eller borttagen.',
    'The log has a link that the chain lacks: the chain was cut off or removed.',
  ],
  'leaf-hash': ({ from, to }) => [
    from === to
      ? `Kedjan är omskriven: loggen har en annan hash för länk ${to}.`
      : `Kedjan är omskriven: loggen har en annan hash för länk ${to}; ändringen finns i länk ${from}–${to}.`,
    from === to
      ? `The chain was rewritten: the log has another hash for link ${to}.`
      : `The chain was rewritten: the log has another hash for link ${to}; the change is in links ${from} to ${to}.`,
  ],
  'leaf-back': ({ before }) => [
    `Kedjan har blivit kortare: loggen hade redan dess länk ${before}.`,
    `The chain has become shorter: the log had its link ${before} already.`,
  ],
  'leaf-unsealed': () => [
    'Lövet omfattas inte av någon rot: en rot saknas, eller löv har lagts till.',
    'No root covers the leaf: a root is missing, or leaves were added.',
  ],
  'root-leaves': ({ leaves }) => [
    `Roten omfattar fler löv än de ${leaves} som finns: loggen är avkapad.`,
    `The root covers more leaves than the ${leaves} there are: the log is cut off.`,
  ],
  'root-hash': ({ from, to }) => [
    `Roten stämmer inte med löven: loggen är ändrad i löv ${from}–${to}, eller roten själv.`,
    `The root does not match the leaves: the log was changed in leaves ${from} to ${to}, or the root itself.`,
  ],
  'root-previous': () => [
    'Roten följer inte på den föregående: en rot saknas, är ändrad eller flyttad.',
    'The root does not follow the one before it: a root is missing, changed or moved.',
  ],
  'root-shrunk': ({ before }) => [
    `Loggen har krympt: roten före omfattar ${before} löv.`,
    `The log has shrunk: the root before covers ${before} leaves.`,
  ],
  'root-key': ({ key }) => [
    `Rotens nyckel "${key}" är inte känd.`,
    `The key "${key}" of the root is not known.`,
  ],
  'root-signature': ({ key }) => [
    `Rotens underskrift stämmer inte med nyckeln "${key}".`,
    `The signature of the root is not by the key "${key}".`,
  ],
  'known-root': () => [
    'Loggen är en annan än den rot som är känd sedan tidigare.',
    'The log is not the one of the root that was known before.',
  ],
} satisfies Record<string, (params: Params) => Texts>;

export type FaultCode = keyof typeof texts;

/** What was found wrong, before it is put into words. */
export interface Finding {
  readonly code: FaultCode;
  readonly place: Place;
  readonly params?: Params;
}

/** The first broken place of an export. */
export interface ExportFault {
  readonly code: FaultCode;
  readonly place: Place;
  /** The place and what is wrong there, one sentence each. */
  readonly sv: string;
  readonly en: string;
}

export function toExportFault({ code, place, params = {} }: Finding): ExportFault {
  const [sv, en] = texts[code](params);
  const at = placeName(place, { seq: 'länk', event: 'händelse', leaf: 'löv', line: 'rad' });
  const where = placeName(place, { seq: 'link', event: 'event', leaf: 'leaf', line: 'line' });
  const root = place.treeSize === undefined ? '' : `rot över ${place.treeSize} löv, `;
  const rootEnglish = place.treeSize === undefined ? '' : `root over ${place.treeSize} leaves, `;
  return { code, place, sv: `${sentence(root, at)}${sv}`, en: `${sentence(rootEnglish, where)}${en}` };
}

function placeName(place: Place, words: Record<'seq' | 'event' | 'leaf' | 'line', string>): string[] {
  const { service, aggregate, seq, eventId, leaf, line } = place;
  return [
    ...(leaf === undefined ? [] : [`${words.leaf} ${leaf}`]),
    ...(service === undefined ? [] : [service]),
    ...(aggregate ? [`${aggregate.type} ${aggregate.id}`] : []),
    ...(seq === undefined ? [] : [`${words.seq} ${seq}`]),
    ...(eventId === undefined ? [] : [`${words.event} ${eventId}`]),
    ...(line === undefined ? [] : [`${words.line} ${line}`]),
  ];
}

function sentence(root: string, parts: readonly string[]): string {
  const text = `${root}${parts.join(', ')}`.replace(/, $/, '');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}: `;
}
