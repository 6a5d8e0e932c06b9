import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

/** Amounts are whole öre as numbers: exact far beyond the largest accepted amount. */
export const callSchema = aggregateSchema({
  rcc: String,
  title: String,
  purpose: String,
  opensOn: String,
  closesOn: String,
  lastClosesOn: String,
  frame: Number,
  themes: [mixed],
  perRegionCap: Number,
  smallestGrant: Number,
  largestGrant: Number,
  criteria: [mixed],
  rollingIntake: Boolean,
  reporting: [mixed],
  requiresSignOff: Boolean,
  acceptanceDays: Number,
  regions: [String],
  state: String,
  publishedAt: Date,
  closingVersion: Number,
  ledger: [mixed],
  hasDecisions: Boolean,
});

callSchema.index({ rcc: 1, state: 1, createdAt: -1 });
callSchema.index({ regions: 1, state: 1 });
