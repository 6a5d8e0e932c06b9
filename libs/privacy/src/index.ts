export { blanked, blankEmail, blankText, type Blanking } from './blanking.ts';
export { findingsIn, matchOf, mentionsIn, type Finding, type Match, type Sought } from './matching.ts';
export { concernsPeople, type Concern } from './private-parts.ts';
export { dueDay, parseRetentionPeriod, type RetentionPeriod } from './retention-period.ts';
