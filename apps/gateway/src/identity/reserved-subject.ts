import { reservedSubjects } from '#libs/contracts';

/** Whether a subject is of those that only we may name: whoever else did would act as a system or a service. */
export function isReservedSubject(subject: string): boolean {
  return reservedSubjects.some((prefix) => subject.startsWith(prefix));
}
