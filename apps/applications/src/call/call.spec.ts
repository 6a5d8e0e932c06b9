import { describe, expect, it } from '@jest/globals';
import { DomainError, type CreateCall } from '#libs/contracts';
import {
  changeCall,
  closeCall,
  closingDayOf,
  createCall,
  extendCall,
  phaseOf,
  publishCall,
  type Call,
} from './call.ts';

const input: CreateCall = {
  rcc: 'sydost',
  title: 'Hemsjukvård för barn',
  purpose: 'Att fler barn kan vårdas hemma.',
  opensOn: '2026-12-01',
  closesOn: '2027-01-31',
  frame: { amount: '1000000.00', currency: 'SEK' },
  themes: [
    { id: 'hem', title: 'Hem', closesOn: '2027-02-15' },
    { id: 'fri', title: 'Fri' },
  ],
  criteria: [{ id: 'nytta', title: 'Nytta', scale: { min: 1, max: 5 }, weight: 2 }],
  rollingIntake: false,
  reporting: [],
  requiresSignOff: true,
  acceptanceDays: 21,
};
const now = new Date('2026-11-24T12:00:00Z');

function published(): Call {
  return publishCall('c1', createCall('c1', input).state, ['kalmar', 'jonkoping'], now).state;
}

function faultsOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error.faults.length > 0 ? error.faults : error.code;
    throw error;
  }
  return 'nothing was refused';
}

describe('a call', () => {
  it('names every fault that no single field shows', () => {
    const wrong: CreateCall = {
      ...input,
      closesOn: '2026-11-30',
      smallestGrant: { amount: '2', currency: 'SEK' },
      largestGrant: { amount: '1', currency: 'SEK' },
      themes: [
        { id: 'hem', title: 'Hem', frame: { amount: '1000000.01', currency: 'SEK' } },
        { id: 'hem', title: 'Hem igen' },
      ],
    };
    expect(faultsOf(() => createCall('c1', wrong))).toEqual([
      { pointer: '/closesOn', code: 'closes-before-opens' },
      { pointer: '/themes/1/id', code: 'duplicate', params: { value: 'hem' } },
      { pointer: '/themes/0/frame', code: 'frame-too-small' },
      { pointer: '/smallestGrant', code: 'range-reversed' },
    ]);
  });

  it('tells every region of the RCC its closing deadline when published', () => {
    const { events } = publishCall('c1', createCall('c1', input).state, ['kalmar', 'jonkoping'], now);
    const due = events.filter((event) => event.type === 'deadline.set').map((event) => event.data);
    expect(due).toEqual([
      expect.objectContaining({ key: 'call/c1/closing/kalmar', dueOn: '2027-02-15', region: 'kalmar' }),
      expect.objectContaining({ key: 'call/c1/closing/jonkoping', dueOn: '2027-02-15', region: 'jonkoping' }),
    ]);
  });

  it.each([
    ['2026-11-30', 'upcoming'],
    ['2026-12-01', 'open'],
    ['2027-02-15', 'open'],
    ['2027-02-16', 'closed'],
  ])('is on %s %s', (today, phase) => {
    expect(phaseOf(published(), today)).toBe(phase);
  });

  it('has no phase as a draft and is decided once closed with decisions', () => {
    expect(phaseOf(createCall('c1', input).state, '2026-12-24')).toBeNull();
    expect(phaseOf({ ...published(), hasDecisions: true }, '2027-02-16')).toBe('decided');
  });

  it('closes each theme on its own day', () => {
    expect(closingDayOf(published(), 'hem')).toBe('2027-02-15');
    expect(closingDayOf(published(), 'fri')).toBe('2027-01-31');
    expect(closingDayOf(published(), undefined)).toBe('2027-01-31');
  });

  it('extends some themes only, and moves the deadlines with a new version', () => {
    const { state, events } = extendCall('c1', published(), {
      closesOn: '2027-03-01',
      themeIds: ['fri'],
      reason: 'sent',
    });
    expect([closingDayOf(state, 'hem'), closingDayOf(state, 'fri'), state.closesOn]).toEqual([
      '2027-02-15',
      '2027-03-01',
      '2027-01-31',
    ]);
    expect(events.filter((event) => event.type === 'deadline.set').map((event) => event.data)).toEqual([
      expect.objectContaining({ dueOn: '2027-03-01', deadlineVersion: 2 }),
      expect.objectContaining({ dueOn: '2027-03-01', deadlineVersion: 2 }),
    ]);
  });

  it('extends every theme when none is named', () => {
    const { state } = extendCall('c1', published(), { closesOn: '2027-03-01', reason: 'sent' });
    expect([closingDayOf(state, 'hem'), closingDayOf(state, 'fri'), state.closesOn]).toEqual(
      Array(3).fill('2027-03-01'),
    );
  });

  it('is never shortened, and unknown themes are named', () => {
    expect(
      faultsOf(() =>
        extendCall('c1', published(), { closesOn: '2027-02-15', themeIds: ['hem', 'x'], reason: 'r' }),
      ),
    ).toEqual([
      { pointer: '/themeIds/1', code: 'unknown-theme', params: { value: 'x' } },
      { pointer: '/closesOn', code: 'in-the-past' },
    ]);
  });

  it('is changed only as a draft; null takes an optional bound away', () => {
    const draft = createCall('c1', { ...input, perRegionCap: { amount: '5.00', currency: 'SEK' } }).state;
    expect(draft.perRegionCap).toBe(500);
    expect(changeCall('c1', draft, { perRegionCap: null }).state.perRegionCap).toBeUndefined();
    expect(faultsOf(() => changeCall('c1', published(), { title: 'Ny' }))).toBe('state-conflict');
  });

  it('withdraws the closing deadlines when it is ended', () => {
    const { state, events } = closeCall('c1', published(), 'inga medel');
    expect(state.state).toBe('closed');
    expect(events.filter((event) => event.type === 'deadline.withdrawn')).toHaveLength(2);
    expect(faultsOf(() => publishCall('c1', state, [], now))).toBe('state-conflict');
  });
});
