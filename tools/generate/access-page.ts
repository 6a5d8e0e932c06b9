import { rules, type Reach, type Rule } from '#libs/access';
import { resources, roles, scopeOf, type Endpoint, type Resource, type Role } from '#libs/contracts';

const roleNames: Readonly<Record<Role, string>> = {
  regionApplicant: 'sökande i en region',
  regionSigner: 'verksamhetschef som signerar',
  regionReader: 'läsare i en region',
  regionSystem: 'en regions system',
  rccOfficer: 'handläggare på RCC:s kansli',
  assessor: 'bedömare',
  decider: 'beslutsfattare',
  controller: 'controller',
  processLeader: 'processledare',
  rccReader: 'läsare på ett RCC',
  nationalOffice: 'nationella kansliet',
  nationalReader: 'nationell läsare',
  auditor: 'revisor',
  administrator: 'administratör',
};

const reachNames: Readonly<Record<Reach, string>> = {
  ownUnit: 'egen enhet',
  ownRegion: 'egen region',
  ownRcc: 'eget RCC',
  national: 'hela landet',
  involved: 'eget RCC, där hen själv har bedömt',
};

/** The access table as a Markdown page, from the rules and the contracts. */
export function accessPage(endpoints: readonly Endpoint[]): string {
  return `# Vem som får göra vad

Genererad ur \`libs/access/src/rules.ts\` och kontrakten med \`npm run generate\`; ändra inte för hand.

Det som inte står här är förbjudet. Tjänsterna frågar tabellen för varje enskild sak och gör samma rader till
filter för listor, antal och summor. Det som någon inte får veta finns svarar 404. \`read\` avgör vad som syns.
En roll hålls på en plats: i en region eller en enhet i den, på ett RCC, eller för landet. *Egen enhet* betyder
hela regionen för den som inte är bunden till en enhet. En person kan ha flera roller på flera platser; varje
handling antecknar den roll den gjordes i.

Därutöver gäller, vad roller någon än har:

- Den som arbetar i den sökande regionen, eller har anmält jäv, varken bedömer ansökan eller beslutar om den.
- Den som har lämnat in, signerat eller bedömt en ansökan beslutar inte också om den.
- Ingen ger eller avslutar sina egna roller.

${resources.map(section).join('\n\n')}

## Vad varje anrop kräver

Omfattning (scope) krävs av en regions system vars åtkomstnyckel är begränsad.

| anrop | rätt | omfattning |
| --- | --- | --- |
${endpoints.map(endpointRow).join('\n')}
`;
}

function section(resource: Resource): string {
  const own = rules.filter((rule) => rule.resource === resource);
  const rows = roles.flatMap((role) => own.filter((rule) => rule.role === role).map(row));
  return `## ${resource}

| roll | kommandon | räckvidd | bara i tillstånd |
| --- | --- | --- | --- |
${rows.join('\n')}`;
}

function row({ role, commands, reach, states }: Rule): string {
  const named = commands.map((command) => `\`${command}\``).join(', ');
  return `| \`${role}\` (${roleNames[role]}) | ${named} | ${reachNames[reach]} | ${states?.join(', ') ?? '–'} |`;
}

function endpointRow(endpoint: Endpoint): string {
  const { right } = endpoint;
  const needed = right === 'everybody' ? 'att vara känd' : `\`${right.command}\` på \`${right.resource}\``;
  return `| \`${endpoint.method} ${endpoint.path}\` | ${needed} | ${scopeOf(endpoint) ?? '–'} |`;
}
