import {
  sumOre,
  toMoney,
  toOre,
  type ChangeApplication,
  type CreateApplication,
  type Ore,
} from '#libs/contracts';

type Sent = Omit<CreateApplication, 'callId' | 'region'>;

/** What the applicant writes. Amounts in öre; everything may be missing in a draft. */
export interface Content extends Omit<Sent, 'budget' | 'coFunding'> {
  readonly budget?:
    readonly (Omit<NonNullable<Sent['budget']>[number], 'amount'> & { readonly amount: Ore })[] | undefined;
  readonly coFunding?:
    | readonly (Omit<NonNullable<Sent['coFunding']>[number], 'amount'> & { readonly amount: Ore })[]
    | undefined;
}

export const contentFields = [
  'themeId',
  'unit',
  'title',
  'contact',
  'summary',
  'need',
  'aims',
  'method',
  'period',
  'budget',
  'coFunding',
  'patientInvolvement',
  'spreading',
  'afterFunding',
] as const satisfies readonly (keyof Content)[];

/** Only the fields that were sent; one that was sent as null is emptied. */
export function toContent(sent: ChangeApplication): Partial<Content> {
  const content: Record<string, unknown> = {};
  for (const field of contentFields) {
    const value = sent[field];
    if (value === undefined) continue;
    content[field] = value === null ? undefined : value;
  }
  if (sent.budget) content['budget'] = sent.budget.map((row) => ({ ...row, amount: toOre(row.amount) }));
  if (sent.coFunding)
    content['coFunding'] = sent.coFunding.map((row) => ({ ...row, amount: toOre(row.amount) }));
  return content;
}

/** The content as clients read it. */
export function toSent(content: Content): Sent {
  const sent: Record<string, unknown> = {};
  for (const field of contentFields) if (content[field] !== undefined) sent[field] = content[field];
  if (content.budget) sent['budget'] = content.budget.map((row) => ({ ...row, amount: toMoney(row.amount) }));
  if (content.coFunding)
    sent['coFunding'] = content.coFunding.map((row) => ({ ...row, amount: toMoney(row.amount) }));
  return sent;
}

/** What is applied for: the sum of the budget. */
export function requestedOf(content: Pick<Content, 'budget'>): Ore {
  return sumOre((content.budget ?? []).map((row) => row.amount));
}
