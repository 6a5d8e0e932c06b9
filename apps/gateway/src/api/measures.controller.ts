import { Controller } from '@nestjs/common';
import {
  correctObservationEndpoint,
  createMeasureEndpoint,
  getMeasure,
  getObservation,
  listMeasureAssessments,
  listMeasures,
  listObservations,
  recordObservationEndpoint,
} from '#libs/contracts';
import { Input } from '../http/input.ts';
import { Operation } from '../http/operation.ts';
import { Operations } from '../http/operations.ts';

@Controller()
export class MeasuresController {
  constructor(private readonly operations: Operations) {}

  @Operation(listMeasures)
  list(@Input() input: Input<typeof listMeasures>) {
    return this.operations.carryOut(input);
  }

  @Operation(getMeasure)
  get(@Input() input: Input<typeof getMeasure>) {
    return this.operations.carryOut(input);
  }

  @Operation(createMeasureEndpoint)
  create(@Input() input: Input<typeof createMeasureEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(listObservations)
  observations(@Input() input: Input<typeof listObservations>) {
    return this.operations.carryOut(input);
  }

  @Operation(getObservation)
  observation(@Input() input: Input<typeof getObservation>) {
    return this.operations.carryOut(input);
  }

  @Operation(recordObservationEndpoint)
  record(@Input() input: Input<typeof recordObservationEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(correctObservationEndpoint)
  correct(@Input() input: Input<typeof correctObservationEndpoint>) {
    return this.operations.carryOut(input);
  }

  @Operation(listMeasureAssessments)
  assessments(@Input() input: Input<typeof listMeasureAssessments>) {
    return this.operations.carryOut(input);
  }
}
