import { Module } from '@nestjs/common';
import { Operations } from '../http/operations.ts';
import { AuditExport } from './audit-export.ts';
import { apiControllers } from './controllers.ts';

/** The operations that the OpenAPI document describes; what carries them out comes with the gateway. */
@Module({ controllers: apiControllers, providers: [Operations, AuditExport] })
export class ApiModule {}
