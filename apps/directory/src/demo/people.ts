import { type RccCode, type RegionCode, type Role } from '#libs/contracts';
import { type Employment, type Person } from '../person/person.ts';

/** The first day of everything that the demo people hold. */
export const since = '2020-01-01';

type Place = { readonly rcc?: RccCode; readonly region?: RegionCode; readonly unit?: string };

/** A demo person with the one role that it holds. */
export interface DemoPerson extends Pick<Person, 'subject' | 'kind' | 'name' | 'email' | 'employers'> {
  readonly role: Role;
  readonly place: Place;
}

/** Who works in no region is employed by the RCC whose role it holds, or by nobody whom the directory knows. */
function person(
  subject: string,
  name: string,
  email: string,
  role: Role,
  place: Place,
  employers: readonly RegionCode[] = [],
): DemoPerson {
  const employments: Employment[] = employers.map((region) => ({ region, from: since, to: null }));
  if (employments.length === 0 && place.rcc) employments.push({ rcc: place.rcc, from: since, to: null });
  return { subject, kind: 'person', name, email, employers: employments, role, place };
}

/** A region's system, answerable to its functional mailbox. */
function regionSystem(region: RegionCode, name: string): DemoPerson {
  return {
    subject: `region-${region}-system`,
    kind: 'system',
    name,
    email: `barncancer@${region}.example`,
    employers: [{ region, from: since, to: null }],
    role: 'regionSystem',
    place: { region },
  };
}

/**
 * Everybody whom the demo identity provider knows. All names are made up; `.example` receives no mail
 * (RFC 2606).
 */
export const demoPeople: readonly DemoPerson[] = [
  regionSystem('ostergotland', 'Region Östergötlands ansökningssystem'),
  regionSystem('kalmar', 'Region Kalmar läns ansökningssystem'),
  regionSystem('jonkoping', 'Region Jönköpings läns ansökningssystem'),
  regionSystem('vasterbotten', 'Region Västerbottens ansökningssystem'),

  person(
    'chef-ostergotland',
    'Anna Lind',
    'anna.lind@ostergotland.example',
    'regionSigner',
    { region: 'ostergotland' },
    ['ostergotland'],
  ),
  person(
    'chef-kalmar',
    'Björn Åkesson',
    'bjorn.akesson@kalmar.example',
    'regionSigner',
    { region: 'kalmar' },
    ['kalmar'],
  ),
  person(
    'chef-jonkoping',
    'Cecilia Ström',
    'cecilia.strom@jonkoping.example',
    'regionSigner',
    { region: 'jonkoping' },
    ['jonkoping'],
  ),
  person(
    'chef-vasterbotten',
    'David Norén',
    'david.noren@vasterbotten.example',
    'regionSigner',
    { region: 'vasterbotten' },
    ['vasterbotten'],
  ),

  person(
    'sokande-kalmar',
    'Quentin Berg',
    'quentin.berg@kalmar.example',
    'regionApplicant',
    { region: 'kalmar', unit: 'Barnkliniken i Kalmar' },
    ['kalmar'],
  ),
  person('lasare-kalmar', 'Rut Ekström', 'rut.ekstrom@kalmar.example', 'regionReader', { region: 'kalmar' }, [
    'kalmar',
  ]),

  person('kansli-sydost', 'Eva Sandell', 'eva.sandell@rcc-sydost.example', 'rccOfficer', { rcc: 'sydost' }),
  person('kansli-norr', 'Fredrik Lindahl', 'fredrik.lindahl@rcc-norr.example', 'rccOfficer', { rcc: 'norr' }),

  person('bedomare-sydost-1', 'Gunilla Ek', 'gunilla.ek@rcc-sydost.example', 'assessor', { rcc: 'sydost' }),
  person('bedomare-sydost-2', 'Henrik Wallin', 'henrik.wallin@rcc-sydost.example', 'assessor', {
    rcc: 'sydost',
  }),
  person(
    'bedomare-ostergotland',
    'Ingrid Öhman',
    'ingrid.ohman@ostergotland.example',
    'assessor',
    { rcc: 'sydost' },
    ['ostergotland'],
  ),

  person('beslut-sydost', 'Johan Beck', 'johan.beck@rcc-sydost.example', 'decider', { rcc: 'sydost' }),
  person('beslut-norr', 'Karin Nyström', 'karin.nystrom@rcc-norr.example', 'decider', { rcc: 'norr' }),
  person('ekonom-sydost', 'Lars Holm', 'lars.holm@rcc-sydost.example', 'controller', { rcc: 'sydost' }),
  person('ekonom-sydost-2', 'Vera Nordin', 'vera.nordin@rcc-sydost.example', 'controller', { rcc: 'sydost' }),
  person('process-sydost', 'Maria Falk', 'maria.falk@rcc-sydost.example', 'processLeader', { rcc: 'sydost' }),
  person('process-norr', 'Nils Berglund', 'nils.berglund@rcc-norr.example', 'processLeader', { rcc: 'norr' }),

  person('lasare-sydost', 'Sven Dahl', 'sven.dahl@rcc-sydost.example', 'rccReader', { rcc: 'sydost' }),

  person('nationell', 'Olivia Grahn', 'olivia.grahn@rcc-samverkan.example', 'nationalOffice', {}),
  person('lasare-nationell', 'Tove Lund', 'tove.lund@rcc-samverkan.example', 'nationalReader', {}),
  person('administrator', 'Ulf Sjöberg', 'ulf.sjoberg@insats.example', 'administrator', {}),
  person('revisor', 'Per Hedlund', 'per.hedlund@revision.example', 'auditor', {}),
];
