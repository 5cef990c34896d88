// Figures as people read them: edges of time, missing values, nothing to divide by.
import { describe, expect, it } from 'vitest';
import { dateTime, DASH, duration, fromWall, percent, phone, ratio, timeOfDay } from './format';

describe('duration', () => {
  it.each([
    [0, '0:00'],
    [7_999, '0:07'],
    [725_000, '12:05'],
    [3_599_999, '59:59'],
    [3_723_000, '1:02:03'],
    [36 * 3_600_000, '36:00:00'],
    [-5_000, '0:00'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
  it('shows a missing value as a dash', () => {
    expect(duration(null)).toBe(DASH);
    expect(duration(undefined)).toBe(DASH);
  });
});

describe('shares', () => {
  it('have one decimal, and a dash when there is nothing to divide by', () => {
    expect(percent(0.0345)).toBe('3.5%');
    expect(ratio(1, 3)).toBe('33.3%');
    expect(ratio(0, 0)).toBe(DASH);
    expect(percent(null)).toBe(DASH);
  });
});

describe('instants', () => {
  it('are shown in the given zone', () => {
    expect(dateTime('2026-11-23T20:15:02Z', 'Asia/Shanghai')).toBe('2026-11-24 04:15:02');
    expect(timeOfDay('2026-11-23T20:15:02Z', 'Asia/Shanghai')).toBe('04:15:02');
    expect(dateTime(undefined)).toBe(DASH);
  });
});

describe('phone', () => {
  it('groups mobile numbers and leaves others alone', () => {
    expect(phone('13800138000')).toBe('138 0013 8000');
    expect(phone('02160000000')).toBe('02160000000');
  });
});

describe('what a clock on the wall shows', () => {
  it.each([
    ['2026-11-23 10:00', 'Asia/Shanghai', '2026-11-23T02:00:00.000Z'],
    ['2026-03-08 01:59', 'America/New_York', '2026-03-08T06:59:00.000Z'],
    ['2026-03-08 03:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-11-01 02:00', 'America/New_York', '2026-11-01T07:00:00.000Z'],
  ])('%s in %s is an instant', (text, zone, instant) => {
    expect(fromWall(text, zone)).toBe(instant);
    expect(dateTime(instant, zone).slice(0, 16)).toBe(text);
  });
});
