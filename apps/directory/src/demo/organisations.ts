import { nationalCode, type DecisionRoute, type RccCode, type RegionCode } from '#libs/contracts';
import { type Membership } from '../organisation/memberships.ts';
import { type Organisation } from '../organisation/organisation.ts';

/**
 * The day from which every region bears that name (kommunallagen). The sources tell who belongs where,
 * not since when; nothing in the demonstration lies before this day.
 */
const since = '2019-01-01';

type Step = DecisionRoute['steps'][number];

const consults = (by: string): Step => ({ kind: 'consultation', by });
const prepares = (by: string): Step => ({ kind: 'preparation', by });
const decides = (by: string): Step => ({ kind: 'decision', by });
/** Each of them has to agree. */
const together = (...deciders: string[]): Step[] =>
  deciders.map((by) => ({ kind: 'decision', by, jointly: true }));

type Rcc = Pick<Organisation, 'name'> & { readonly code: RccCode; readonly decisionRoute: DecisionRoute };

/** The six decide each in their own way: a survey of how the childhood cancer money is disposed of says how. */
const rccs: readonly Rcc[] = [
  {
    code: 'norr',
    name: 'RCC Norr',
    decisionRoute: {
      takesApplications: true,
      steps: [
        consults('Regional processledare för barncancer'),
        consults('Controller'),
        consults('Sjukvårdsregional processarbetsgrupp'),
        ...together('Verksamhetschef för RCC', 'Medicinsk chef för barncancercentrum'),
      ],
    },
  },
  {
    code: 'mellansverige',
    name: 'RCC Mellansverige',
    // The group itself has members from the centre, RCC, paramedicine, neurology and county hospitals.
    decisionRoute: { takesApplications: true, steps: [decides('Styrgrupp för barncancer')] },
  },
  {
    code: 'stockholm-gotland',
    name: 'RCC Stockholm Gotland',
    decisionRoute: {
      takesApplications: true,
      steps: [
        prepares('Sjukvårdsregional arbetsgrupp, utsedd av Karolinska Universitetssjukhuset'),
        prepares('RCC'),
        decides('Hälso- och sjukvårdsdirektörerna'),
      ],
    },
  },
  {
    code: 'sydost',
    name: 'RCC Sydöst',
    decisionRoute: {
      takesApplications: true,
      steps: [
        consults('Sjukvårdsregional arbetsgrupp för barncancervården'),
        ...together('Verksamhetschef för RCC', 'Enhetschef för RCC'),
      ],
    },
  },
  {
    code: 'vast',
    name: 'RCC Väst',
    decisionRoute: {
      takesApplications: true,
      steps: together(
        'Verksamhetschef för RCC',
        'Verksamhetschef för barncancercentrum',
        'Regional processledare för barncancer',
      ),
    },
  },
  {
    code: 'syd',
    name: 'RCC Syd',
    // Shared out between the centre, county hospitals and the follow-up clinic: nobody can apply.
    decisionRoute: {
      takesApplications: false,
      steps: [decides('Styrgruppen för RCC Syd, genom en fördelningsnyckel')],
    },
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
export const demoOrganisations: readonly Omit<Organisation, 'rccs'>[] = [
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
    decisionRoute: null,
  })),
  { kind: 'national', code: nationalCode, name: 'RCC i samverkan', memberships: [], decisionRoute: null },
];
