import {
  type ApplicationState,
  type Assess,
  type NewEvent,
  type Ore,
  type RccCode,
  type RegionCode,
} from '#libs/contracts';
import { type OpenDeadline } from './open-deadline.ts';
import { type Content } from './content.ts';
import { type Payment, type Requisition } from '../payment/payment-record.ts';

export interface Assessment {
  readonly id: string;
  readonly assessor: string;
  readonly scores: readonly { readonly criterion: string; readonly score: number; readonly reason: string }[];
  readonly recommendation: Assess['recommendation'];
  readonly recommendedAmount: Ore | null;
  readonly comment: string | null;
  readonly assessedAt: Date;
  readonly version: number;
}

export interface Decision {
  readonly roundId: string;
  readonly outcome: 'granted' | 'rejected';
  readonly amount: Ore | null;
  readonly reason: string;
  readonly conditions: readonly { readonly text: string; readonly dueOn?: string | undefined }[];
  readonly decidedOn: string;
  readonly decidedBy: string;
  /** Actor id of whoever decided the round; `decidedBy` is what the letter says. */
  readonly recordedBy: string;
}

/** An application with everything that happens to it. Amounts in öre. */
export interface Application extends Content {
  readonly callId: string;
  readonly region: RegionCode;
  readonly rcc: RccCode;
  readonly state: ApplicationState;
  readonly reference: string | null;
  readonly requested: Ore;
  readonly granted: Ore | null;
  readonly submittedAt: Date | null;
  /** Actor id; absent before the submission. */
  readonly submittedBy?: string | undefined;
  readonly signedOff: { readonly by: string; readonly at: Date; readonly revision: number } | null;
  readonly decision: Decision | null;
  readonly acceptance: { readonly accepted: boolean; readonly at: Date } | null;
  readonly withdrawal: { readonly reason: string; readonly at: Date } | null;
  readonly conflicts: readonly { readonly assessor: string; readonly at: Date }[];
  readonly assessments: readonly Assessment[];
  /** Absent: none. */
  readonly requisitions?: readonly Requisition[] | undefined;
  readonly payments?: readonly Payment[] | undefined;
  readonly deadlines: readonly OpenDeadline[];
}

export interface Decided {
  readonly state: Application;
  readonly events: readonly NewEvent[];
}
