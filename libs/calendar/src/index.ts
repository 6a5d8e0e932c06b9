export { addDays, compareDays, daysBetween, isCivilDay, isPeriod, weekdayOf, yearOf } from './civil-day.ts';
export type { CivilDay, Period } from './civil-day.ts';
export { civilDayAt, endOfDay, instantAt, startOfDay, timeZone } from './instants.ts';
export { holidayName, isSwedishPublicHoliday } from './swedish-holidays.ts';
export type { HolidayLanguage } from './swedish-holidays.ts';
export { addWorkingDays, isWorkingDay, nextWorkingDay, statutoryDueDay } from './working-days.ts';
