/** Regions that nobody among the callers belongs to, and that no plan or call of theirs names. */
export const unrecordedRegions: readonly string[] = [
  'blekinge',
  'dalarna',
  'gavleborg',
  'jamtland-harjedalen',
  'kronoberg',
  'norrbotten',
  'orebro',
  'skane',
  'sormland',
  'stockholm',
  'uppsala',
  'varmland',
  'vasternorrland',
  'vastmanland',
];

/** An event that names this day goes to the dead letters the first time it comes to a consumer. */
export const poisonedDay = '2111-11-11';
