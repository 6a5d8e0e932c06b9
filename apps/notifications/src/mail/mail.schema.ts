import { Schema } from 'mongoose';
import { type Mail } from './mail.ts';

export const mailSchema = new Schema<Mail>(
  {
    _id: { type: String, required: true },
    kind: String,
    state: String,
    subject: Schema.Types.Mixed,
    recipient: String,
    messageId: String,
    attempts: Number,
    createdAt: Date,
    sentAt: Date,
    reason: String,
    rcc: String,
    region: String,
    unitDigest: String,
    eventId: String,
    deadlineId: String,
    deadlineVersion: Number,
    step: String,
    draft: Boolean,
    doubtful: Boolean,
    claim: String,
    handedOver: Boolean,
    wakeAt: Date,
    thinnedBy: String,
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

mailSchema.index({ rcc: 1, createdAt: -1 });
mailSchema.index({ region: 1, createdAt: -1 });
mailSchema.index({ createdAt: -1 });
mailSchema.index({ 'subject.id': 1 });
mailSchema.index({ deadlineId: 1 }, { sparse: true });
// Only what waits or is under way has it, so the sweep reads nothing else.
mailSchema.index({ wakeAt: 1 }, { sparse: true });
