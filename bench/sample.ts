const kronor = (amount: string) => ({ amount, currency: 'SEK' });

/** A complete application of about two kilobytes, as long as a short real one. */
export function sampleApplication(callId: string, region: string) {
  const sentence = 'Projektet prövar ett nytt sätt att arbeta och följer upp hur det går. ';
  return {
    callId,
    region,
    themeId: 'prov',
    unit: 'Barn- och ungdomskliniken',
    title: 'Mätning av genomströmning',
    contact: { name: 'Test Testsson', email: `test@${region}.example` },
    summary: sentence.repeat(3),
    need: sentence.repeat(5),
    aims: [{ text: 'Kortare väntan', indicator: 'dagar', baseline: '30', target: '14' }],
    method: sentence.repeat(6),
    period: { from: '2027-01-01', to: '2027-12-31' },
    budget: [
      { line: 'salary', year: 2027, amount: kronor('100000.00') },
      { line: 'travel', year: 2027, amount: kronor('2500.50') },
    ],
    coFunding: [],
    patientInvolvement: sentence,
    spreading: sentence,
    afterFunding: sentence,
  };
}
