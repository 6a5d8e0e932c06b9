import { Schema } from 'mongoose';
import { type AccessDocument } from './access.repository.ts';

export const accessSchema = new Schema<AccessDocument>(
  {
    _id: { type: String, required: true },
    at: { type: Date, required: true },
    actor: String,
    kind: String,
    roles: [String],
    operation: String,
    resource: String,
    thing: String,
    outcome: String,
    status: Number,
    code: String,
    rcc: [String],
    times: Number,
    traceId: String,
  },
  {
    strict: 'throw',
    minimize: false,
    versionKey: false,
    timestamps: false,
    autoIndex: false,
    autoCreate: false,
    id: false,
  },
);
accessSchema.index({ at: -1 });
accessSchema.index({ actor: 1, at: -1 });
accessSchema.index({ thing: 1, at: -1 });
accessSchema.index({ rcc: 1, at: -1 });
