import { type RccCode, type RegionCode } from '#libs/contracts';
import { nationalUnit } from '../person/person.ts';
import { type Membership, type Organisation } from '../organisation/organisation.ts';

/**
 * The day from which every region bears that name (kommunallagen). The sources tell who belongs where,
 * not since when; nothing in the demonstration lies before this day.
 */
const since = '2019-01-01';

const rccs: readonly { code: RccCode; name: string; decisionRoute: readonly string[] }[] = [
  {
    code: 'norr',
    name: 'RCC Norr',
    decisionRoute: ['Verksamhetschefen för RCC', 'Medicinska chefen för barncancercentrum'],
  },
  { code: 'mellansverige', name: 'RCC Mellansverige', decisionRoute: ['Styrgruppen för barncancer'] },
  {
    code: 'stockholm-gotland',
    name: 'RCC Stockholm Gotland',
    decisionRoute: [
      'Beredning i den sjukvårdsregionala arbetsgruppen',
      'Beredning i RCC',
      'Hälso- och sjukvårdsdirektörerna',
    ],
  },
  {
    code: 'sydost',
    name: 'RCC Sydöst',
    decisionRoute: [
      'Samråd i den sjukvårdsregionala arbetsgruppen för barncancervården',
      'Verksamhetschefen och enhetschefen för RCC',
    ],
  },
  {
    code: 'vast',
    name: 'RCC Väst',
    decisionRoute: [
      'Verksamhetschefen för RCC',
      'Verksamhetschefen för barncancercentrum',
      'Regionala processledaren för barncancer',
    ],
  },
  {
    code: 'syd',
    name: 'RCC Syd',
    decisionRoute: ['Fördelningsnyckel som RCC Syds styrgrupp har fastställt; inga ansökningar'],
  },
];

type Region = readonly [code: RegionCode, name: string, ...memberships: (RccCode | [RccCode, ...string[]])[]];

const regions: readonly Region[] = [
  ['norrbotten', 'Region Norrbotten', 'norr'],
  ['vasterbotten', 'Region Västerbotten', 'norr'],
  ['vasternorrland', 'Region Västernorrland', 'norr'],
  ['jamtland-harjedalen', 'Region Jämtland Härjedalen', 'norr'],
  ['dalarna', 'Region Dalarna', 'mellansverige'],
  ['gavleborg', 'Region Gävleborg', 'mellansverige'],
  ['sormland', 'Region Sörmland', 'mellansverige'],
  ['uppsala', 'Region Uppsala', 'mellansverige'],
  ['varmland', 'Region Värmland', 'mellansverige'],
  ['vastmanland', 'Region Västmanland', 'mellansverige'],
  ['orebro', 'Region Örebro län', 'mellansverige'],
  ['stockholm', 'Region Stockholm', 'stockholm-gotland'],
  ['gotland', 'Region Gotland', 'stockholm-gotland'],
  ['kalmar', 'Region Kalmar län', 'sydost'],
  ['jonkoping', 'Region Jönköpings län', 'sydost'],
  ['ostergotland', 'Region Östergötland', 'sydost'],
  ['vastra-gotaland', 'Västra Götalandsregionen', 'vast'],
  // The one region that two RCC share, divided by municipality.
  [
    'halland',
    'Region Halland',
    ['vast', 'Kungsbacka', 'Varberg', 'Falkenberg'],
    ['syd', 'Halmstad', 'Hylte', 'Laholm'],
  ],
  ['blekinge', 'Region Blekinge', 'syd'],
  ['kronoberg', 'Region Kronoberg', 'syd'],
  ['skane', 'Region Skåne', 'syd'],
];

function membership(entry: RccCode | [RccCode, ...string[]]): Membership {
  const [rcc, ...municipalities] = typeof entry === 'string' ? [entry] : entry;
  return { rcc, from: since, to: null, municipalities };
}

/** Six RCC, 21 regions with their memberships, and the national level. */
export const demoOrganisations: readonly Organisation[] = [
  ...rccs.map(({ code, name, decisionRoute }) => ({
    kind: 'rcc' as const,
    code,
    name,
    memberships: [],
    decisionRoute,
  })),
  ...regions.map(([code, name, ...memberships]) => ({
    kind: 'region' as const,
    code,
    name,
    memberships: memberships.map(membership),
    decisionRoute: [],
  })),
  { kind: 'national', code: nationalUnit, name: 'RCC i samverkan', memberships: [], decisionRoute: [] },
];
