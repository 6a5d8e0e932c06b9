import { z } from 'zod';
import { eventTypes, eventSubject, streamOf, type EventType } from '#libs/contracts';
import { type Consumption } from './consumers.ts';

/** The event catalogue as a Markdown page, from the contracts and the consumers found in the code. */
export function eventCatalogue(consumptions: readonly Consumption[]): string {
  const sections = eventTypes.map((type) => section(type, consumptions));
  return `# Händelser

Genererad ur \`libs/contracts/src/events.ts\` och tjänsternas konsumenter med \`npm run generate\`; ändra inte för hand.

Varje ändring av ett aggregat ger minst en händelse, skriven i samma dokument som ändringen och därefter lagd på
ägarens JetStream-ström som ett CloudEvents 1.0-kuvert (strukturerad JSON). Händelser bär id, koder, dagar och belopp
i öre, aldrig namn, adresser eller fritext; det som revisionsspåret därutöver behöver stannar i ägarens journal.

Kuvertets fält: \`id\` (uuid version 7, även \`Nats-Msg-Id\`), \`source\`, \`type\`, \`subject\`, \`time\`, \`traceparent\`,
\`dataversion\`, \`aggregatetype\`, \`aggregateid\`, \`revision\`, \`sequence\`, \`prevhash\`, \`hash\`, \`privatehash\`,
\`actor\`, \`idempotencykey\` och \`data\`. En mottagare kan få samma händelse flera gånger och måste tåla det.

| händelse | ägare | mottagare |
| --- | --- | --- |
${eventTypes
  .map(
    (type) =>
      `| [\`${type.type}\`](#${anchor(type.type)}) | ${type.service} | ${
        receivers(type, consumptions)
          .map(({ durable }) => `\`${durable}\``)
          .join(', ') || '–'
      } |`,
  )
  .join('\n')}

${sections.join('\n\n')}
`;
}

function section(type: EventType, consumptions: readonly Consumption[]): string {
  const consumers = receivers(type, consumptions);
  return `## ${type.type}

${type.summary}

- Ägare: \`${type.service}\`, aggregat \`${type.aggregate}\`, version ${type.version}
- Ström \`${streamOf(type.service)}\`, ämne \`${eventSubject(type.service, type.type)}\`
- Mottagare: ${consumers.map(({ durable }) => `\`${durable}\``).join(', ') || 'ingen'}

| fält | värde |
| --- | --- |
${fieldsOf(type).join('\n')}`;
}

function receivers(type: EventType, consumptions: readonly Consumption[]): readonly Consumption[] {
  return consumptions.filter(({ from, types }) => from === type.service && types.includes(type.type));
}

function fieldsOf(type: EventType): string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(type.data, {
    target: 'draft-2020-12',
    reused: 'inline',
  }) as { properties?: Record<string, unknown>; required?: string[] };
  const definitions = z.toJSONSchema(type.data, { target: 'draft-2020-12' }).$defs ?? {};
  return Object.entries(properties).map(
    ([name, schema]) =>
      `| \`${name}\`${required.includes(name) ? '' : ' (kan saknas)'} | ${describe(schema, definitions)} |`,
  );
}

/** A schema in few words. */
function describe(schema: unknown, definitions: Record<string, unknown>): string {
  const {
    $ref,
    type,
    enum: values,
    items,
    anyOf,
    properties,
  } = schema as {
    $ref?: string;
    type?: string | string[];
    enum?: unknown[];
    items?: unknown;
    anyOf?: unknown[];
    properties?: Record<string, unknown>;
  };
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return name in definitions ? name : 'värde';
  }
  if (values) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf) return anyOf.map((variant) => describe(variant, definitions)).join(' eller ');
  if (type === 'array') return `lista av ${describe(items, definitions)}`;
  if (properties) {
    return Object.entries(properties)
      .map(([name, inner]) => `\`${name}\`: ${describe(inner, definitions)}`)
      .join('; ');
  }
  const kinds: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'heltal',
    number: 'tal',
    boolean: 'true eller false',
    null: 'null',
  };
  return [type]
    .flat()
    .map((kind) => kinds[String(kind)] ?? 'värde')
    .join(' eller ');
}

/** GitHub's anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
