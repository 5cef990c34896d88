// Where a message belongs.
import { expect, it } from 'vitest';
import { fieldPath } from './form';

it('finds fields in lists and in each other', () => {
  expect(fieldPath('name')).toEqual(['name']);
  expect(fieldPath('week.monday')).toEqual(['week', 'monday']);
  expect(fieldPath('times.windows[2].to')).toEqual(['times', 'windows', 2, 'to']);
});
