// The mapping of columns: to the form and back, one holder per role, and what
// must be there.
import { expect, it } from 'vitest';
import { mappingOf, rolesOf, withRole } from './mapping';

it('goes from the server to the form and back', () => {
  const mapping = { name: 1, phones: [0, 3], remark: 4 };
  const roles = rolesOf(mapping, 5);
  expect(roles).toEqual(['phone', 'name', 'ignore', 'phone', 'remark']);
  expect(mappingOf(roles)).toEqual(mapping);
});

it('lets one column hold a role, except for phones', () => {
  expect(withRole(['name', 'ignore'], 1, 'name')).toEqual(['ignore', 'name']);
  expect(withRole(['phone', 'ignore'], 1, 'phone')).toEqual(['phone', 'phone']);
});

it('needs a name and a phone', () => {
  expect(mappingOf(['name', 'city'])).toBeNull();
  expect(mappingOf(['phone', 'city'])).toBeNull();
});
