/**
 * Texts for single faults in an input, in both languages. A fault names one place in a body, query,
 * path or header; the problem that carries it (see problems.ts) names what was refused as a whole.
 * `{name}` is replaced by the fault's parameter of that name.
 */
export const faultTexts = {
  required: { sv: 'Fältet saknas.', en: 'The field is missing.' },
  blank: { sv: 'Fältet får inte vara tomt.', en: 'The field must not be blank.' },
  'unknown-field': {
    sv: 'Fältet finns inte i gränssnittet. Ta bort det eller rätta stavningen.',
    en: 'The field is not part of the interface. Remove it or correct its spelling.',
  },
  'unknown-parameter': {
    sv: 'Parametern finns inte i gränssnittet. Ta bort den eller rätta stavningen.',
    en: 'The parameter is not part of the interface. Remove it or correct its spelling.',
  },
  'wrong-type': {
    sv: 'Fel slags värde: här ska stå {expected}.',
    en: 'Wrong kind of value: expected {expected}.',
  },
  'not-allowed-value': { sv: 'Värdet är inte ett av: {allowed}.', en: 'The value is not one of: {allowed}.' },
  'too-short': {
    sv: 'Texten är för kort: minst {minimum} tecken.',
    en: 'The text is too short: at least {minimum} characters.',
  },
  'too-long': {
    sv: 'Texten är för lång: högst {maximum} tecken.',
    en: 'The text is too long: at most {maximum} characters.',
  },
  'too-small': {
    sv: 'Värdet är för litet: minst {minimum}.',
    en: 'The value is too small: at least {minimum}.',
  },
  'too-large': {
    sv: 'Värdet är för stort: högst {maximum}.',
    en: 'The value is too large: at most {maximum}.',
  },
  'not-above': {
    sv: 'Värdet ska vara större än {minimum}.',
    en: 'The value must be greater than {minimum}.',
  },
  'not-below': { sv: 'Värdet ska vara mindre än {maximum}.', en: 'The value must be less than {maximum}.' },
  'too-few': { sv: 'För få poster: minst {minimum}.', en: 'Too few items: at least {minimum}.' },
  'too-many': { sv: 'För många poster: högst {maximum}.', en: 'Too many items: at most {maximum}.' },
  'invalid-format': { sv: 'Värdet har fel form.', en: 'The value has the wrong form.' },
  'invalid-text': {
    sv: 'Texten innehåller styrtecken eller ofullständiga tecken. Ta bort dem.',
    en: 'The text contains control characters or incomplete characters. Remove them.',
  },
  'personal-identity-number': {
    sv: 'Texten ser ut att innehålla ett personnummer eller samordningsnummer. Ta bort det: inga uppgifter om patienter får lämnas här.',
    en: 'The text seems to hold a personal identity number or co-ordination number. Remove it: no data about patients may be given here.',
  },
  'invalid-day': {
    sv: 'Ange en dag som finns, i formen ÅÅÅÅ-MM-DD.',
    en: 'Give a day that exists, in the form YYYY-MM-DD.',
  },
  'invalid-time': {
    sv: 'Ange en tidpunkt i UTC enligt RFC 3339, till exempel 2026-12-01T08:00:00Z.',
    en: 'Give a time in UTC as in RFC 3339, for example 2026-12-01T08:00:00Z.',
  },
  'invalid-amount': {
    sv: 'Ange beloppet som text med punkt och högst två decimaler, till exempel "125000.00". Inga minustecken, exponenter eller mellanslag.',
    en: 'Give the amount as text with a point and at most two decimals, for example "125000.00". No minus signs, exponents or spaces.',
  },
  'invalid-currency': { sv: 'Valutan ska vara "SEK".', en: 'The currency must be "SEK".' },
  'invalid-email': { sv: 'Ange en fullständig e-postadress.', en: 'Give a complete e-mail address.' },
  'no-variant-matches': {
    sv: 'Värdet har inte någon av de tillåtna formerna: {allowed}.',
    en: 'The value has none of the permitted forms: {allowed}.',
  },
  'period-reversed': {
    sv: 'Periodens sista dag ligger före dess första.',
    en: 'The last day of the period is before its first.',
  },
  'closes-before-opens': {
    sv: 'Sista ansökningsdag ligger före öppningsdagen.',
    en: 'The closing day is before the opening day.',
  },
  duplicate: {
    sv: 'Värdet {value} förekommer mer än en gång.',
    en: 'The value {value} occurs more than once.',
  },
  'frame-too-small': {
    sv: 'Temats ram är större än utlysningens ram.',
    en: "The theme's frame is larger than the call's frame.",
  },
  'range-reversed': {
    sv: 'Det minsta värdet är större än det största.',
    en: 'The least value is larger than the greatest.',
  },
  'unknown-theme': {
    sv: 'Temat {value} finns inte i utlysningen.',
    en: 'Theme {value} is not part of the call.',
  },
  'theme-required': { sv: 'Utlysningen har teman: välj ett.', en: 'The call has themes: choose one.' },
  'unknown-region': {
    sv: 'Regionen {value} hör inte till den RCC som gjort utlysningen.',
    en: 'Region {value} does not belong to the RCC that made the call.',
  },
  'unknown-criterion': {
    sv: 'Kriteriet {value} finns inte i utlysningen.',
    en: 'Criterion {value} is not part of the call.',
  },
  'criterion-missing': {
    sv: 'Poäng saknas för kriteriet {value}.',
    en: 'A score is missing for criterion {value}.',
  },
  'score-outside-scale': {
    sv: 'Poängen ligger utanför skalan {minimum}–{maximum}.',
    en: 'The score is outside the scale {minimum}–{maximum}.',
  },
  'amount-required': {
    sv: 'Ange ett belopp när medel beviljas.',
    en: 'Give an amount when a grant is made.',
  },
  'amount-not-expected': {
    sv: 'Ange inget belopp när ansökan avslås.',
    en: 'Give no amount when the application is rejected.',
  },
  'amount-zero': { sv: 'Beloppet måste vara större än noll.', en: 'The amount must be greater than zero.' },
  'not-for-outcome': {
    sv: 'Fältet hör inte till utfallet {value}. Ta bort det.',
    en: 'The field does not belong to the outcome {value}. Remove it.',
  },
  'unknown-requisition': {
    sv: 'Rekvisitionen finns inte i ansökan.',
    en: 'The requisition is not part of the application.',
  },
  'amount-above-requested': {
    sv: 'Beloppet är större än det sökta, {maximum} kronor.',
    en: 'The amount is larger than what was applied for, SEK {maximum}.',
  },
  'amount-below-smallest': {
    sv: 'Summan är mindre än utlysningens minsta belopp, {minimum} kronor.',
    en: "The sum is smaller than the call's smallest grant, SEK {minimum}.",
  },
  'amount-above-largest': {
    sv: 'Summan är större än utlysningens största belopp, {maximum} kronor.',
    en: "The sum is larger than the call's largest grant, SEK {maximum}.",
  },
  'sign-off-missing': {
    sv: 'Verksamhetschefen har inte signerat den senaste versionen av ansökan.',
    en: 'The head of operations has not signed the latest version of the application.',
  },
  'year-outside-period': {
    sv: 'Budgetåret ligger utanför projektperioden.',
    en: 'The budget year lies outside the project period.',
  },
  'unknown-application': {
    sv: 'Ansökan finns inte i utlysningen eller är inte inlämnad.',
    en: 'The application is not part of the call or has not been submitted.',
  },
  'unknown-call': {
    sv: 'Utlysningen finns inte eller är inte publicerad.',
    en: 'The call does not exist or has not been published.',
  },
  'unknown-goal': { sv: 'Målet finns inte i planen.', en: 'The goal is not part of the plan.' },
  'unknown-plan': { sv: 'Planen finns inte.', en: 'The plan does not exist.' },
  'unknown-measure': { sv: 'Måttet finns inte.', en: 'The measure does not exist.' },
  'unknown-unit': {
    sv: 'Enheten finns inte eller svarar inte för måttet.',
    en: 'The unit does not exist or does not answer for the measure.',
  },
  'period-mismatch': {
    sv: 'Perioden stämmer inte med måttets mättider ({expected}).',
    en: "The period does not match the measure's periods ({expected}).",
  },
  'value-mismatch': {
    sv: 'Värdet passar inte måttets slag ({expected}).',
    en: "The value does not fit the measure's kind ({expected}).",
  },
  'numerator-above-denominator': {
    sv: 'Täljaren är större än nämnaren.',
    en: 'The numerator is larger than the denominator.',
  },
  'in-the-future': { sv: 'Dagen ligger i framtiden.', en: 'The day is in the future.' },
  'ended-too-early': {
    sv: 'Sista dagen kan tidigast vara {value}; då är personen borta genast. Tidigare arbetsgivare avslutas under employers.',
    en: 'The last day can be {value} at the earliest; the person is then gone at once. Earlier employers are ended under employers.',
  },
  'in-the-past': { sv: 'Dagen har redan varit.', en: 'The day has already passed.' },
  'tolerance-without-about': {
    sv: 'En tolerans hör bara till operatorn about. Ta bort den, eller ange about.',
    en: 'A tolerance belongs to the operator about alone. Leave it out, or give about.',
  },
  'page-too-large': {
    sv: 'Posterna är så långa att {value} av dem inte ryms i ett svar. Be om färre per sida.',
    en: 'The items are so long that {value} of them do not fit into one answer. Ask for fewer per page.',
  },
  'route-without-decision': {
    sv: 'Beslutsvägens sista steg ska vara ett beslut.',
    en: 'The last step of the decision route must be a decision.',
  },
  'overlapping-membership': {
    sv: 'Tillhörigheten överlappar en annan: {value}. En del av en region hör till ett RCC i taget.',
    en: 'The membership overlaps another one: {value}. A part of a region belongs to one RCC at a time.',
  },
  'overlapping-period': {
    sv: 'Tiden överlappar en annan rad för samma sak.',
    en: 'The time overlaps that of another row for the same thing.',
  },
  'not-for-kind': {
    sv: 'Fältet hör inte till en organisation av slaget {value}.',
    en: 'The field does not belong to an organisation of kind {value}.',
  },
  'reserved-subject': {
    sv: 'Identiteten börjar på ett sätt som är förbehållet tjänsten själv.',
    en: 'The subject begins in a way that is reserved for the service itself.',
  },
  'unknown-person': { sv: 'Personen finns inte.', en: 'The person does not exist.' },
  'unknown-assignment': { sv: 'Rolltilldelningen finns inte.', en: 'The role assignment does not exist.' },
  'deputy-mismatch': {
    sv: 'En ersättare har samma roll på samma plats som den ordinarie, och är en annan person.',
    en: 'A deputy has the same role in the same place as the ordinary holder, and is another person.',
  },
  'place-required': {
    sv: 'Rollen {role} kräver att platsen anges.',
    en: 'The role {role} needs its place to be given.',
  },
  'place-not-expected': {
    sv: 'Rollen {role} innehas inte på en sådan plats. Ta bort fältet.',
    en: 'The role {role} is not held in such a place. Remove the field.',
  },
  'role-not-for-kind': {
    sv: 'Rollen {role} passar inte: system har regionSystem eller en läsroll, personer alla roller utom regionSystem.',
    en: 'The role {role} does not fit: systems have regionSystem or a reading role, people every role but regionSystem.',
  },
  'already-begun': {
    sv: 'Rollen har börjat gälla; första dagen går inte längre att ändra.',
    en: 'The role has begun; its first day can no longer be changed.',
  },
  'one-place-required': {
    sv: 'Ange antingen en region eller ett RCC.',
    en: 'Give either a region or an RCC.',
  },
  'repeated-value': { sv: 'Ett värde förekommer mer än en gång.', en: 'A value occurs more than once.' },
  'private-key': {
    sv: 'Detta är en del av en privat nyckel. Skicka bara den öppna delen, och byt nyckelparet: den privata delen har lämnat er. Inget har sparats.',
    en: 'This is part of a private key. Send the public part only, and change the key pair: the private part has left you. Nothing was stored.',
  },
  'unusable-key': {
    sv: 'Nyckeln går inte att använda: {expected}.',
    en: 'The key cannot be used: {expected}.',
  },
  'pairing-out-of-range': {
    sv: 'Hänvisningen pekar utanför listan.',
    en: 'The reference points outside the list.',
  },
} as const satisfies Record<string, { sv: string; en: string }>;

export type FaultCode = keyof typeof faultTexts;

/** One fault in an input: where (RFC 6901 JSON pointer), what, and the values its text needs. */
export interface Fault {
  readonly pointer: string;
  readonly code: FaultCode;
  readonly params?: Readonly<Record<string, string | number>>;
}
