// Regions as texts and back.
import { expect, test } from 'vitest';
import { regionOf, textOf } from './regions';

test('a region is the same after it was a text', () => {
  for (const region of [
    { kind: 'province', province: '广东' },
    { kind: 'city', province: '广东', city: '深圳' },
    { kind: 'prefix', prefix: '+852' },
  ] as const) {
    expect(regionOf(textOf(region))).toEqual(region);
  }
  expect(regionOf(' +1 ')).toEqual({ kind: 'prefix', prefix: '+1' });
});
