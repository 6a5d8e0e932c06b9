import { rules, ruledOut, type Part, type Reach, type Rule } from '#libs/access';
import {
  resources,
  roles,
  scopeOf,
  type Endpoint,
  type MoneyCommand,
  type Resource,
  type Role,
} from '#libs/contracts';

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

const partNames: Readonly<Record<Part, string>> = {
  applied: 'lämnat in ansökan',
  signed: 'signerat ansökan',
  assessed: 'bedömt ansökan',
  decided: 'fastställt beslutsomgången',
  requisitioned: 'rekvirerat medel ur ansökan',
  prepared: 'förberett samma utbetalning',
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

- Den som arbetar i den sökande regionen, eller har anmält jäv, varken bedömer ansökan, beslutar om den eller
  betalar ut medlen.
- Pengar beslutas och betalas aldrig av en person ensam: se [Fyra ögon](#fyra-ögon).
- Ingen ger eller avslutar sina egna roller.

${resources.map(section).join('\n\n')}

## Fyra ögon

Ur \`libs/access/src/four-eyes.ts\`. Vilka kommandon som flyttar pengar står i kontrakten
(\`libs/contracts/src/rights.ts\`); en tjänst som inte har frågat regeln kan inte spara ett sådant kommando.

| kommando | anrop | inte för den som har |
| --- | --- | --- |
${Object.entries(ruledOut)
  .map(([command, parts]) => fourEyesRow(command as MoneyCommand, parts, endpoints))
  .join('\n')}

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

function fourEyesRow(command: MoneyCommand, parts: readonly Part[], endpoints: readonly Endpoint[]): string {
  const routes = endpoints
    .filter(({ right }) => right !== 'everybody' && right.command === command)
    .map(({ method, path }) => `\`${method} ${path}\``);
  return `| \`${command}\` | ${routes.join('<br>')} | ${parts.map((part) => partNames[part]).join(', ')} |`;
}

function endpointRow(endpoint: Endpoint): string {
  const { right } = endpoint;
  const needed = right === 'everybody' ? 'att vara känd' : `\`${right.command}\` på \`${right.resource}\``;
  return `| \`${endpoint.method} ${endpoint.path}\` | ${needed} | ${scopeOf(endpoint) ?? '–'} |`;
}
