import { Controller, StreamableFile } from '@nestjs/common';
import {
  exportAudit,
  getAudit,
  getAuditKeys,
  getConsistencyProof,
  getInclusionProof,
  getRoot,
  getVerification,
  listAccesses,
  listRoots,
} from '#libs/contracts';
import { AuditExport } from './audit-export.ts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class AuditController {
  constructor(
    private readonly operations: Operations,
    private readonly exports: AuditExport,
  ) {}

  @Operation(getAudit)
  history(@Input() input: Input<typeof getAudit>) {
    return this.operations.carryOut(input);
  }

  @Operation(getVerification)
  verification(@Input() input: Input<typeof getVerification>) {
    return this.operations.carryOut(input);
  }

  @Operation(listRoots)
  roots(@Input() input: Input<typeof listRoots>) {
    return this.operations.carryOut(input);
  }

  @Operation(getRoot)
  root(@Input() input: Input<typeof getRoot>) {
    return this.operations.carryOut(input);
  }

  @Operation(getInclusionProof)
  inclusion(@Input() input: Input<typeof getInclusionProof>) {
    return this.operations.carryOut(input);
  }

  @Operation(getConsistencyProof)
  consistency(@Input() input: Input<typeof getConsistencyProof>) {
    return this.operations.carryOut(input);
  }

  @Operation(getAuditKeys)
  keys(@Input() input: Input<typeof getAuditKeys>) {
    return this.operations.carryOut(input);
  }

  @Operation(listAccesses)
  accesses(@Input() input: Input<typeof listAccesses>) {
    return this.operations.carryOut(input);
  }

  @Operation(exportAudit)
  async export(@Input() input: Input<typeof exportAudit>): Promise<{ body: StreamableFile }> {
    return { body: await this.exports.open(input) };
  }
}
