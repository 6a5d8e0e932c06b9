import 'reflect-metadata';
import {
  Body,
  Controller,
  HttpCode,
  Module,
  Param,
  Post,
  ConflictException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import mongoose, { Schema } from 'mongoose';
import { createApplication } from '#libs/contracts';

/**
 * What the bench measures against: one process, Nest on Fastify with mongoose, as tutorials write it.
 * Validates and stores durably; no events, no audit trail, no idempotency, no rights, no mail.
 */
const schema = new Schema(
  {
    callId: String,
    region: String,
    title: String,
    unit: String,
    contact: { name: String, email: String },
    summary: String,
    need: String,
    aims: [{ text: String, indicator: String, baseline: String, target: String, goalRef: String }],
    method: String,
    period: { from: String, to: String },
    budget: [{ line: String, year: Number, amount: { amount: String, currency: String }, note: String }],
    coFunding: [{ source: String, amount: { amount: String, currency: String } }],
    patientInvolvement: String,
    spreading: String,
    afterFunding: String,
    state: String,
    submittedAt: Date,
  },
  { timestamps: true, writeConcern: { w: 'majority', j: true } },
);
const ApplicationModel = mongoose.model('Application', schema);

@Controller('applications')
class ApplicationsController {
  @Post()
  async create(@Body() body: unknown): Promise<unknown> {
    const parsed = createApplication.safeParse(body);
    if (!parsed.success) throw new UnprocessableEntityException(parsed.error.issues);
    return ApplicationModel.create({ ...parsed.data, state: 'draft' });
  }

  /** The state changes only from draft, so a second submission is refused. */
  @Post(':id/submission')
  @HttpCode(200)
  async submit(@Param('id') id: string): Promise<unknown> {
    const submitted = await ApplicationModel.findOneAndUpdate(
      { _id: id, state: 'draft' },
      { state: 'submitted', submittedAt: new Date() },
      { returnDocument: 'after' },
    );
    if (!submitted) throw new ConflictException();
    return submitted;
  }
}

@Module({ controllers: [ApplicationsController] })
class MonolithModule {}

await mongoose.connect(process.env['MONGODB_URL'] ?? '', { dbName: 'bench_monolith' });
await ApplicationModel.createCollection();
const app = await NestFactory.create(MonolithModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
