import { demoClients } from './clients.ts';

/** Somebody who can sign in in demo mode. */
export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

// The directory says what each may do; here is only what one needs to know to choose.
const known: Readonly<Record<string, readonly [name: string, role: string]>> = {
  'chef-ostergotland': ['Anna Lind', 'verksamhetschef, Region Östergötland'],
  'chef-kalmar': ['Björn Åkesson', 'verksamhetschef, Region Kalmar län'],
  'chef-jonkoping': ['Cecilia Ström', 'verksamhetschef, Region Jönköpings län'],
  'chef-vasterbotten': ['David Norén', 'verksamhetschef, Region Västerbotten'],
  'sokande-kalmar': ['Quentin Berg', 'sökande, Barnkliniken i Kalmar'],
  'lasare-kalmar': ['Rut Ekström', 'läser för Region Kalmar län'],
  'kansli-sydost': ['Eva Sandell', 'handläggare, RCC Sydöst'],
  'kansli-norr': ['Fredrik Lindahl', 'handläggare, RCC Norr'],
  'bedomare-sydost-1': ['Gunilla Ek', 'bedömare, RCC Sydöst'],
  'bedomare-sydost-2': ['Henrik Wallin', 'bedömare, RCC Sydöst'],
  'bedomare-ostergotland': ['Ingrid Öhman', 'bedömare, RCC Sydöst, anställd i Region Östergötland'],
  'beslut-sydost': ['Johan Beck', 'beslutsfattare, RCC Sydöst'],
  'beslut-norr': ['Karin Nyström', 'beslutsfattare, RCC Norr'],
  'ekonom-sydost': ['Lars Holm', 'ekonom, RCC Sydöst'],
  'ekonom-sydost-2': ['Vera Nordin', 'ekonom, RCC Sydöst'],
  'process-sydost': ['Maria Falk', 'processledare, RCC Sydöst'],
  'process-norr': ['Nils Berglund', 'processledare, RCC Norr'],
  'lasare-sydost': ['Sven Dahl', 'läser för RCC Sydöst'],
  nationell: ['Olivia Grahn', 'nationella kansliet'],
  'lasare-nationell': ['Tove Lund', 'läser för hela landet'],
  administrator: ['Ulf Sjöberg', 'administratör'],
  revisor: ['Per Hedlund', 'revisor'],
};

/** All demo clients but the regions' systems, which are nobody that sits at a browser. */
export const demoPeople: readonly DemoPerson[] = [...demoClients]
  .filter((id) => !id.endsWith('-system'))
  .map((id) => {
    const [name, role] = known[id] ?? [id, ''];
    return { id, name, role };
  });
