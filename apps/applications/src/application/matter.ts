import { type Application } from './application-record.ts';

type Acted = Pick<
  Application,
  'region' | 'submittedBy' | 'signedOff' | 'assessments' | 'conflicts' | 'decision' | 'requisitions'
>;

const present = (ids: readonly (string | undefined)[]): string[] => ids.filter((id) => id !== undefined);

/**
 * Who has had which part in an application, for the four-eyes rule (libs/access). `preparedBy`: whose payment
 * it is about, if any.
 */
export function matterOf(application: Acted, preparedBy?: string) {
  const { region, submittedBy, signedOff, assessments, conflicts, decision, requisitions } = application;
  return {
    region,
    partial: conflicts.map(({ assessor }) => assessor),
    parts: {
      applied: present([submittedBy]),
      signed: present([signedOff?.by]),
      assessed: assessments.map(({ assessor }) => assessor),
      decided: present([decision?.recordedBy]),
      requisitioned: (requisitions ?? []).map(({ requestedBy }) => requestedBy),
      prepared: present([preparedBy]),
    },
  };
}
