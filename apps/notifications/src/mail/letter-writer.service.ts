import { Inject, Injectable } from '@nestjs/common';
import { civilDayAt } from '#libs/calendar';
import { DomainError, noticeOfCall, serviceActor } from '#libs/contracts';
import { BusClient } from '#libs/messaging';
import { Clock } from '#libs/platform';
import { CONFIG, type NotificationsConfig } from '../config.ts';
import { currentVersion, type DeadlineVersion } from '../deadline/deadline.ts';
import { DeadlineRepository } from '../deadline/deadline.repository.ts';
import {
  applicationLink,
  decisionLetter,
  receiptLetter,
  type ApplicationNotice,
} from '../letter/application-letters.ts';
import { type Letter } from '../letter/letter.ts';
import { reminderLetter } from '../letter/reminder-letter.ts';
import { ApplicationNotices } from '../notice/application-notices.service.ts';
import { ContactsService } from '../people/contacts.service.ts';
import { reasonNotToRemind } from '../reminder/reminder-plan.ts';
import { stepNamed } from '../reminder/steps.ts';
import { type Mail } from './mail.ts';

/** What to send, or why it is not to be sent any more. */
export type Written = Letter | { readonly skip: string };

const actor = serviceActor('notifications');

/**
 * Writes a mail right before it is sent, from what its owners say then: the ledger holds no texts, and what
 * was true when the mail was planned may have changed. Errors: `unavailable` when an owner does not answer.
 */
@Injectable()
export class LetterWriter {
  constructor(
    private readonly bus: BusClient,
    private readonly notices: ApplicationNotices,
    private readonly clock: Clock,
    private readonly deadlines: DeadlineRepository,
    private readonly contacts: ContactsService,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  async write(mail: Mail): Promise<Written> {
    if (mail.kind === 'reminder') return this.reminder(mail);
    const notice = await this.notices.of(mail.subject.id);
    return this.fromNotice(mail.kind, notice);
  }

  /** The same, where the owner has just been asked. */
  fromNotice(kind: 'receipt' | 'decision', notice: ApplicationNotice): Written {
    const { INSATS_PUBLIC_URL: url } = this.config;
    if (kind === 'receipt') return receiptLetter(notice, url);
    return decisionLetter(notice, url) ?? { skip: 'decision-gone' };
  }

  private async reminder(mail: Mail): Promise<Written> {
    const stored = await this.deadlines.find(mail.deadlineId ?? '');
    const version = stored && currentVersion(stored.state);
    if (!version) return { skip: 'withdrawn' };
    const reason = reasonNotToRemind(stored.state, mail.deadlineVersion ?? 0);
    if (reason) return { skip: reason };
    const nextInLine = stepNamed(mail.step ?? '')?.nextInLine ?? false;
    const recipients = await this.contacts.ofStep(version, { nextInLine });
    if (!recipients.some((address) => address.toLowerCase() === mail.recipient.toLowerCase())) {
      return { skip: 'no-longer-responsible' };
    }
    const matter = await this.matterOf(version);
    return reminderLetter(
      { kind: version.kind, dueOn: version.dueOn, rcc: version.rcc, nextInLine, ...matter },
      civilDayAt(this.clock.now()),
    );
  }

  private async matterOf({ subject }: DeadlineVersion) {
    const { INSATS_PUBLIC_URL: url } = this.config;
    switch (subject.type) {
      case 'application': {
        const { reference, title, callTitle } = await this.notices.of(subject.id);
        return { reference, title, callTitle, link: applicationLink(url, subject.id) };
      }
      case 'call': {
        const notice = await this.bus.ask(noticeOfCall, { id: subject.id }, { actor });
        return { callTitle: notice.title, link: url && `${url}/calls/${subject.id}` };
      }
      case 'measure':
      case 'plan':
        return { reference: subject.reference, link: url && `${url}/${subject.type}s/${subject.id}` };
    }
  }
}

/** Passes by itself, or at least is no fault of the mail. */
export function isAway(error: unknown): boolean {
  return !(error instanceof DomainError) || error.code === 'unavailable';
}
