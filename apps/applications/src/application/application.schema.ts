import { Schema } from 'mongoose';
import { aggregateSchema } from '#libs/persistence';

const mixed = Schema.Types.Mixed;

/** Amounts are whole öre as numbers: exact far beyond the largest accepted amount. */
export const applicationSchema = aggregateSchema({
  callId: String,
  region: String,
  rcc: String,
  state: String,
  reference: String,
  themeId: String,
  unit: String,
  title: String,
  contact: mixed,
  summary: String,
  need: String,
  aims: [mixed],
  method: String,
  period: mixed,
  budget: [mixed],
  coFunding: [mixed],
  patientInvolvement: String,
  spreading: String,
  afterFunding: String,
  requested: Number,
  granted: Number,
  submittedAt: Date,
  submittedBy: String,
  signedOff: mixed,
  decision: mixed,
  acceptance: mixed,
  withdrawal: mixed,
  conflicts: [mixed],
  assessments: [mixed],
  requisitions: [mixed],
  payments: [mixed],
  deadlines: [mixed],
});

applicationSchema.index({ callId: 1, state: 1 });
applicationSchema.index({ region: 1, createdAt: -1, _id: -1 });
applicationSchema.index({ rcc: 1, createdAt: -1, _id: -1 });
// The total of an office's list is counted in the index.
applicationSchema.index({ rcc: 1, state: 1 });
// Two applications can never carry the same reference, whatever goes wrong elsewhere.
applicationSchema.index(
  { reference: 1 },
  { unique: true, partialFilterExpression: { reference: { $type: 'string' } } },
);
