// Delays are kept in minutes whatever the unit they are shown in; rules change one at a time.
import { describe, expect, it } from 'vitest';
import { inMinutes, inUnit, unitOf, USUAL_RULES, withPart, withRule } from './retryRules';

describe('delays', () => {
  it('are shown in the largest unit that divides them', () => {
    expect([0, 10, 90, 120, 1440, 2880].map(unitOf)).toEqual([
      'minutes',
      'minutes',
      'minutes',
      'hours',
      'days',
      'days',
    ]);
  });

  it('are kept in whole minutes, one at least', () => {
    expect(inMinutes(1.5, 'hours')).toBe(90);
    expect(inMinutes(0, 'days')).toBe(1);
    expect(inUnit(inMinutes(2, 'days'), 'days')).toBe(2);
  });
});

describe('rules', () => {
  it('are changed one at a time', () => {
    const changed = withRule(USUAL_RULES, 'busy', { minutes: 5 });
    expect(changed.results?.[1]).toEqual({ ...USUAL_RULES.results?.[1], minutes: 5 });
    expect(changed.results?.[0]).toBe(USUAL_RULES.results?.[0]);
  });

  it('lose or change a part of the day', () => {
    const names = (rules: typeof USUAL_RULES) => rules.day_parts?.map((part) => part.name);
    expect(names(withPart(USUAL_RULES, 1, undefined))).toEqual(['morning', 'evening']);
    const late = { name: 'late', from: '22:00', to: '02:00' };
    expect(names(withPart(USUAL_RULES, 2, late))).toEqual(['morning', 'afternoon', 'late']);
  });
});
