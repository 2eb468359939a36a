// Counts what is used in a calendar month (UTC). The calendar is arithmetic here, since this floor asks no clock.

const DAY_MS = 86_400_000;
/** Days from 0000-03-01, where the years of this arithmetic begin, to 1970-01-01. */
const EPOCH_DAYS = 719_468;
const DAYS_IN_ERA = 146_097;

/** When the month of that moment began. */
export function startOfMonth(atMs: number): number {
  const { year, month } = monthOf(atMs);
  return daysBefore(year, month) * DAY_MS;
}

/** When the month of that moment ends and the next one begins. */
export function endOfMonth(atMs: number): number {
  const { year, month } = monthOf(atMs);
  return (month === 12 ? daysBefore(year + 1, 1) : daysBefore(year, month + 1)) * DAY_MS;
}

// Eras of 400 years, each alike; years begin in March, so that the day which is not always there is the last one.
function monthOf(atMs: number): { year: number; month: number } {
  const days = Math.floor(atMs / DAY_MS) + EPOCH_DAYS;
  const era = Math.floor(days / DAYS_IN_ERA);
  const dayOfEra = days - era * DAYS_IN_ERA;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month };
}

/** Days from 1970-01-01 to the first of the month. */
function daysBefore(year: number, month: number): number {
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * fromMarch + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_IN_ERA + dayOfEra - EPOCH_DAYS;
}

export class MonthCount {
  #used = 0;
  /** When what is counted counts no more. */
  #endsAtMs = 0;

  /** What has been used in the month of that moment. A clock that is set back does not bring back an earlier month. */
  used(nowMs: number): number {
    if (nowMs >= this.#endsAtMs) {
      this.#used = 0;
      this.#endsAtMs = endOfMonth(nowMs);
    }
    return this.#used;
  }

  add(count: number, nowMs: number): void {
    this.#used = this.used(nowMs) + count;
  }

  /** At least so many have been used, whoever counted them. */
  raise(count: number, nowMs: number): void {
    this.#used = Math.max(this.used(nowMs), count);
  }
}
